/* A kiosk's page that nobody touches asks whether anybody is there, and clears itself. */
(function () {
var box = document.getElementById('idle');
if (!box) return;
var quiet = box.dataset.quiet * 1000;
var warning = box.dataset.warning * 1000;
var bar = box.querySelector('progress');
var touched = Date.now();
var gone = false;
function clear() {
if (gone) return;
gone = true;
document.body.textContent = '';
document.title = '';
location.replace(box.dataset.start);
}
function stay() {
touched = Date.now();
if (box.open) box.close ? box.close() : box.removeAttribute('open');
}
function look() {
var left = touched + quiet + warning - Date.now();
if (left <= 0) clear();
else if (left <= warning) {
if (!box.open) box.showModal ? box.showModal() : box.setAttribute('open', '');
bar.value = Math.ceil(left / 1000);
}
}
box.querySelector('button').addEventListener('click', stay);
box.addEventListener('cancel', stay);
['pointerdown', 'keydown', 'input', 'scroll', 'wheel', 'touchmove'].forEach(function (name) {
document.addEventListener(name, function () {
if (!box.open) touched = Date.now();
}, {capture: true, passive: true});
});
window.addEventListener('pageshow', function (event) {
if (event.persisted) clear();
});
document.addEventListener('visibilitychange', look);
setInterval(look, 500);
})();
