"""Every address that takes a post, by its name: who sends it, and what no page of the scene shows."""

from survey.console import ROUTES
from survey.people.rights import ANYONE, HALF

CONSOLE = {f"console.{route.endpoint}": route for route in ROUTES if route.method == "POST"}
WAVE, OPEN = "/console/waves/kz-thb/2026", "/s/wave-2026"
UNSHOWN = {
    "api.nothing": ("/api/v1/waves", ("study", "wave")),
    "console.add_quota": (f"{WAVE}/quotas", ("name", "target", "item", "answers", "kind", "counts")),
    "console.ask_enter": ("/console/login/passkey/ask", ("next",)),
    "console.ask_passkey": ("/console/factors/passkey/ask", ("name",)),
    "console.ask_prove": ("/console/passkey/ask", ("next",)),
    "console.begin_totp": ("/console/factors/totp", ()),
    "console.call_line": (f"{WAVE}/lines/called", ("line",)),
    "console.change_quota": (f"{WAVE}/quotas/change", ("cell", "what", "target", "kind")),
    "console.confirm_close": (f"{WAVE}/close/confirm", ("typed",)),
    "console.decide": (f"{WAVE}/texts/decide", ("text", "verdict", "words")),
    "console.drop_stratum": (f"{WAVE}/design/drop", ("stratum",)),
    "console.enable": ("/console/people/of/victim/enable", ("typed",)),
    "console.look": (f"{WAVE}/texts/look", ("key",)),
    "console.rehearse": (f"{WAVE}/rehearse", ()),
    "console.send_totp": ("/console/factors/totp/code", ("code",)),
    "console.send_welcome": ("/console/welcome/abcdef", ("new",)),
    "console.send_stratum": (f"{WAVE}/design", ("name", "target", "psus")),
    "console.take_rows": ("/console/releases/kz-thb/2026/rows", ("reason",)),
    "console.take_rows_back": ("/console/people/of/victim/rows/take", ("place",)),
    "console.take_bundle": ("/console/releases/kz-thb/2026/bundle", ("reason",)),
    "console.withdraw_close": (f"{WAVE}/close/withdraw", ("typed",)),
    "interview.ends_nothing_to_post": (f"{OPEN}/done", ("do",)),
}
"""Forms that no page of the scene shows, because nothing there is as they need it."""
INTERVIEW = (
    "ends_leave",
    "ends_nothing_to_post",
    "ends_stop",
    "ends_withdraw",
    "handover_hand",
    "handover_take_back",
    "interviewer_count",
    "landing_resume",
    "landing_start",
    "privacy_answer",
    "questions_answer",
)
TRIED = (*CONSOLE, *(f"interview.{name}" for name in INTERVIEW), "api.nothing")


def level_of(name: str) -> str:
    """The session that an address of the console asks for; none where anybody may come."""
    return {ANYONE: "", HALF: "password"}.get(CONSOLE[name].entry.level, "full")
