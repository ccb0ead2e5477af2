/* Comfort for leaving: covers the page before the network, leaves no way back to it, answers Esc pressed twice. */
(function () {
var form = document.querySelector('form[data-to]');
if (!form) return;
var to = form.getAttribute('data-to');
var clear = form.action;
var pressed = 0;
function cover() {
document.title = to.split('/')[2];
document.body.textContent = '';
}
function leave() {
if (navigator.sendBeacon && navigator.sendBeacon(clear, new URLSearchParams({quiet: '1'}))) {
cover();
location.replace(to);
} else {
document.documentElement.style.display = 'none';
form.submit();
}
}
form.addEventListener('submit', function (event) {
event.preventDefault();
leave();
});
document.addEventListener('keydown', function (event) {
if (event.key !== 'Escape') pressed = 0;
else if (!event.repeat) {
if (event.timeStamp - pressed < 1500 && pressed) leave();
pressed = event.timeStamp;
}
});
window.addEventListener('pageshow', function (event) {
if (event.persisted) {
cover();
location.replace(location.href);
}
});
if (window.matchMedia && matchMedia('(any-hover:hover)').matches) {
var hint = document.createElement('span');
hint.className = 'sub';
hint.textContent = form.getAttribute('data-hint');
form.querySelector('button').appendChild(hint);
}
})();
