/* Help for hands and eyes; every page works without it. ES2017, no libraries. */
(function () {
  "use strict";
  var doc = document;

  /* "/" goes to the search box, unless somebody is typing. */
  doc.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { return; }
    var box = doc.querySelector("[data-find]");
    if (box && box.offsetParent) { event.preventDefault(); box.focus(); }
  });

  /* A second tap on a sending form does nothing; the button says so and keeps its focus. */
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", function () {
    doc.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  /* Lists: one box ticks all, ticked rows are marked, the bar below counts them. */
  doc.querySelectorAll("[data-pick]").forEach(function (form) {
    var boxes = Array.prototype.slice.call(form.querySelectorAll("tbody input[type=checkbox]"));
    var all = form.querySelector("thead input[type=checkbox]");
    var bar = form.querySelector("[data-picked]");
    function tell() {
      var on = boxes.filter(function (box) { return box.checked; }).length;
      boxes.forEach(function (box) { box.closest("tr").classList.toggle("on", box.checked); });
      if (all) { all.checked = on > 0 && on === boxes.length; all.indeterminate = on > 0 && on < boxes.length; }
      if (bar) { bar.hidden = on === 0; bar.querySelector("[data-count]").textContent = String(on); }
    }
    form.addEventListener("change", function (event) {
      if (event.target === all) { boxes.forEach(function (box) { box.checked = all.checked; }); }
      tell();
    });
    if (all) { all.hidden = false; }
    tell();
  });

  /* A revealed number hides itself when its time is over. */
  doc.querySelectorAll("[data-hide-after]").forEach(function (part) {
    setTimeout(function () { part.textContent = part.getAttribute("data-masked"); }, Number(part.getAttribute("data-hide-after")) * 1000);
  });

  /* A choice that is a radio button marks its row. */
  doc.addEventListener("change", function (event) {
    var row = event.target.type === "radio" && event.target.closest(".choice");
    if (!row) { return; }
    row.parentNode.querySelectorAll(".choice").forEach(function (each) { each.classList.toggle("on", each === row); });
  });

  /* What is written is kept on the server every few seconds; nothing typed is lost. */
  doc.querySelectorAll("form[data-draft]").forEach(function (form) {
    var fields = form.querySelectorAll("textarea"), state = form.querySelector("[data-draft-state]");
    var version = form.querySelector("[name=answer_version]"), timer = null, last = written(), busy = false;
    function written() { return Array.prototype.map.call(fields, function (field) { return field.value; }).join("\u0000"); }
    function save() {
      timer = null;
      var text = written();
      if (text === last || busy) { return; }
      busy = true;
      fetch(form.getAttribute("data-draft"), { method: "POST", body: new FormData(form), credentials: "same-origin" })
        .then(function (answer) {
          if (answer.ok && version) { version.value = answer.headers.get("X-Draft-Version") || version.value; }
          if (answer.ok) { last = text; }
          return answer.status === 404 || answer.redirected ? Promise.reject(new Error("gone")) : answer.text();
        })
        .then(function (words) { if (state) { state.textContent = words; } })
        .catch(function () { if (state) { state.textContent = state.getAttribute("data-failed") || ""; } })
        .then(function () { busy = false; if (written() !== last && !timer) { timer = setTimeout(save, 5000); } });
    }
    form.addEventListener("input", function () { if (!timer) { timer = setTimeout(save, 2500); } });
    form.addEventListener("submit", function () { if (timer) { clearTimeout(timer); } });
  });

  /* What the driver will see, as it is typed; blanks stay marked and counted. */
  var BLANK = /【[^】]*】|××+|XX+/g;
  function show(field) {
    var out = doc.querySelector("[data-shows=" + field.getAttribute("data-part") + "]"), at = 0, hit;
    if (!out) { return; }
    out.textContent = "";
    BLANK.lastIndex = 0;
    while ((hit = BLANK.exec(field.value))) {
      out.appendChild(doc.createTextNode(field.value.slice(at, hit.index)));
      var mark = doc.createElement("span");
      mark.className = "blank";
      mark.textContent = hit[0].replace(/[【】]/g, "") || "?";
      out.appendChild(mark);
      at = hit.index + hit[0].length;
    }
    out.appendChild(doc.createTextNode(field.value.slice(at)));
  }
  doc.querySelectorAll("textarea[data-part]").forEach(function (field) { field.addEventListener("input", function () { show(field); }); });

  /* Of many tabs on a phone the one that is open stands in sight. */
  doc.querySelectorAll(".tabs a[aria-current]").forEach(function (tab) {
    var row = tab.parentNode;
    row.scrollLeft = tab.offsetLeft + tab.offsetWidth - row.offsetLeft - row.clientWidth + 24;
  });

  /* Print and close what was opened. */
  doc.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) { event.preventDefault(); window.print(); }
    doc.querySelectorAll("details[data-menu][open]").forEach(function (menu) { if (!menu.contains(event.target)) { menu.open = false; } });
  });
}());
