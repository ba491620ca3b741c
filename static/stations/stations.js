/* Helps on the stations' pages; every one works without it. Old WebViews read this. */
(function () {
  "use strict";
  var doc = document;
  function one(selector) { return doc.querySelector(selector); }
  function each(selector, act) { Array.prototype.forEach.call(doc.querySelectorAll(selector), act); }

  // The position is asked for on a tap, rounded to about a kilometre, and goes into the address of this page alone.
  each("[data-near]", function (button) {
    if (!navigator.geolocation) { button.parentNode.removeChild(button); return; }
    var words = button.querySelector("[data-words]");
    button.addEventListener("click", function () {
      words.textContent = button.getAttribute("data-asking");
      navigator.geolocation.getCurrentPosition(function (found) {
        var at = found.coords, only = /[?&]only=(\w+)/.exec(location.search);
        location.search = "?at=" + at.latitude.toFixed(2) + "," + at.longitude.toFixed(2) + (only ? "&only=" + only[1] : "");
      }, function () {
        words.textContent = button.getAttribute("data-failed");
      }, { timeout: 8000, maximumAge: 300000 });
    });
  });

  // From when the numbers are. A page that came over the line just now is from now, whatever the phone's clock says.
  var box = one("[data-signal]"), OLD = 10 * 60 * 1000;
  if (box) {
    var entry = window.performance && performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
    var fresh = entry && entry.transferSize > 0 && entry.type !== "back_forward";
    var since = fresh ? Date.now() : Date.parse(box.getAttribute("data-signal"));
    var tell = function () {
      var kind = navigator.onLine === false ? "lost" : Date.now() - since > OLD ? "old" : "";
      box.hidden = !kind;
      if (!kind) return;
      box.querySelector("[data-head]").textContent = box.getAttribute("data-" + kind);
      box.querySelector("[data-more]").textContent = box.getAttribute("data-" + kind + "-more");
    };
    tell();
    window.addEventListener("online", tell);
    window.addEventListener("offline", tell);
    doc.addEventListener("visibilitychange", tell);
    setInterval(tell, 60000);
    // Without a line a tap would trade this page for the browser's own; better to stay and say so.
    var stay = function (event) {
      if (navigator.onLine !== false) return;
      event.preventDefault();
      tell();
      box.scrollIntoView({ block: "center" });
    };
    each("[data-live]", function (link) { link.addEventListener("click", stay); });
    doc.addEventListener("submit", stay, true);
  }

  // Whoever goes back on a shared phone does not find the last one's number in the form.
  window.addEventListener("pageshow", function (event) {
    var nav = window.performance && performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
    var form = one("form[data-book]");
    if (form && (event.persisted || (nav && nav.type === "back_forward"))) setTimeout(function () { form.reset(); name(); }, 0);
  });

  // The button says which night.
  function name() {
    var choice = one("input[name=starts]:checked"), field = one("[data-do]"), button = one(".actions .button[data-once]");
    if (!choice || !field || !button || button.name || button.getAttribute("aria-disabled")) return; // a named one stands in line
    button.lastChild.nodeValue = field.getAttribute("data-do").replace("%s", choice.getAttribute("data-when"));
  }
  each("input[name=starts]", function (choice) { choice.addEventListener("change", name); });
  if (one("[data-do]")) name();
})();
