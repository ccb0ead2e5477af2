"use strict";
// Makes or uses a passkey for each form.passkey, and sends the browser's answer with it. Nothing else here.
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
  const words = buffer => buffer === null || buffer === undefined ? null
    : btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const named = list => (list || []).map(each => ({...each, id: bytes(each.id)}));

  const options = (kind, found) => {
    const made = {...found, challenge: bytes(found.challenge)};
    if (kind === "create") {
      made.user = {...found.user, id: bytes(found.user.id)};
      made.excludeCredentials = named(found.excludeCredentials);
    } else {
      made.allowCredentials = named(found.allowCredentials);
    }
    return {publicKey: made};
  };

  const plain = made => {
    const answer = made.response, response = {clientDataJSON: words(answer.clientDataJSON)};
    if (answer.attestationObject) {
      response.attestationObject = words(answer.attestationObject);
    } else {
      response.authenticatorData = words(answer.authenticatorData);
      response.signature = words(answer.signature);
      response.userHandle = words(answer.userHandle);
    }
    return JSON.stringify({id: made.id, rawId: words(made.rawId), type: made.type, response,
      clientExtensionResults: made.getClientExtensionResults()});
  };

  for (const form of document.querySelectorAll("form.passkey")) {
    form.hidden = false;
    form.addEventListener("submit", async event => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      const said = form.querySelector("[role=alert]");
      said.hidden = true;
      try {
        const body = new URLSearchParams({csrf_token: form.elements.csrf_token.value});
        const reply = await fetch(form.dataset.ask, {method: "POST", body, redirect: "error"});
        if (!reply.ok) throw new Error(String(reply.status));
        const kind = form.dataset.kind;
        const made = await navigator.credentials[kind](options(kind, await reply.json()));
        form.elements.credential.value = plain(made);
        form.submit();
      } catch {
        said.hidden = false;
      }
    });
  }
})();
