/* Helps where it can; every page works without it. ES2017 at most, no storage, no other host. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  root.classList.add("js");

  function one(selector, inside) { return (inside || doc).querySelector(selector); }
  function each(selector, act, inside) { Array.prototype.forEach.call((inside || doc).querySelectorAll(selector), act); }
  function token() { var field = one("input[name=csrfmiddlewaretoken]"); return field ? field.value : ""; }

  function post(url, data, done, progress) {
    var call = new XMLHttpRequest();
    call.open("POST", url);
    call.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    call.timeout = 120000;
    if (progress && call.upload) call.upload.onprogress = function (e) { if (e.lengthComputable) progress(e.loaded / e.total); };
    call.onload = function () {
      var answer = null;
      try { answer = JSON.parse(call.responseText); } catch (e) { answer = null; }
      done(call.status, answer || {});
    };
    call.onerror = call.ontimeout = function () { done(0, {}); };
    call.send(data);
    return call;
  }

  // Errors: the reader starts at what to mend.
  var first = one("[data-focus]");
  if (first) first.focus();
  each(".errors a", function (link) {
    link.addEventListener("click", function (event) {
      var field = doc.getElementById(link.getAttribute("href").slice(1));
      if (!field) return;
      event.preventDefault();
      var box = field.closest ? field.closest(".field") || field : field;
      box.scrollIntoView();
      var target = /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName) ? field : one("input,textarea,select,a,button", field) || field;
      target.focus();
    });
  });

  // A form leaves once, however often it is tapped; the button keeps its place and says so.
  each("form", function (form) {
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) return;
      if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
      form.setAttribute("data-sent", "");
      var button = one("[data-once]", form);
      if (button && (!event.submitter || event.submitter === button)) {
        button.setAttribute("aria-disabled", "true");
        var words = button.lastChild.nodeValue;
        button.lastChild.nodeValue = button.getAttribute("data-once");
      }
      // A line that died must not hold him: after a while he may tap again; the server takes one form once.
      setTimeout(function () {
        form.removeAttribute("data-sent");
        if (!button || !words) return;
        button.removeAttribute("aria-disabled");
        button.lastChild.nodeValue = words;
      }, 20000);
    });
  });
  window.addEventListener("pageshow", function (event) {
    // a public page without a line stays as it is: loading it again would leave nothing
    if (event.persisted && !(navigator.onLine === false && one("[data-signal]"))) { window.location.reload(); }
  });

  // How much was written.
  each("[data-count]", function (area) {
    var shown = doc.getElementById(area.getAttribute("data-count"));
    area.addEventListener("input", function () {
      shown.textContent = shown.textContent.replace(/\d+/, String(Array.from(area.value.trim()).length));
    });
  });

  // The draft is kept while he writes, and when he is called away.
  var draft = one("form[data-draft]");
  if (draft) {
    var changed = false, timer = 0;
    var packed = function () {
      var data = new FormData();
      each("input,textarea,select", function (field) {
        if (!field.name || field.type === "file") return;
        if ((field.type === "radio" || field.type === "checkbox") && !field.checked) return;
        data.append(field.name, field.value);
      }, draft);
      data.append("go", "save");
      return data;
    };
    var save = function () {
      if (!changed || draft.hasAttribute("data-sent")) return;
      changed = false;
      post(draft.action, packed(), function (status, answer) {
        if (status !== 200) { changed = true; return; }
        each("[data-saved-at]", function (at) { if (answer.saved_at) at.textContent = answer.saved_at; });
      });
    };
    draft.addEventListener("input", function () { changed = true; clearTimeout(timer); timer = setTimeout(save, 2500); });
    draft.addEventListener("change", function () { changed = true; clearTimeout(timer); timer = setTimeout(save, 400); });
    doc.addEventListener("visibilitychange", function () {
      if (doc.visibilityState === "hidden" && changed && !draft.hasAttribute("data-sent") && navigator.sendBeacon) {
        if (navigator.sendBeacon(draft.action, packed())) changed = false;
      }
    });
  }

  // Leave at once: nothing to see, nothing to come back to.
  each("[data-leave]", function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      doc.body.hidden = true;
      doc.title = " ";
      var data = new FormData();
      data.append("csrfmiddlewaretoken", token());
      if (navigator.sendBeacon) navigator.sendBeacon(form.action, data);
      window.location.replace(form.getAttribute("data-leave"));
    });
  });

  // Something asked only after a certain choice.
  each("[data-show-when]", function (box) {
    var rule = box.getAttribute("data-show-when").split("=");
    var look = function () {
      var chosen = one("input[name=" + rule[0] + "]:checked");
      box.hidden = !(chosen && chosen.value === rule[1]);
    };
    each("input[name=" + rule[0] + "]", function (choice) { choice.addEventListener("change", look); });
    look();
  });

  // Who will not see it.
  var sees = doc.getElementById("sees");
  if (sees) {
    var unit = one("[data-sees-unit]", sees), branch = one("[data-sees-squad]", sees);
    var tell = function () {
      var about = one("input[name=about]:checked"), squad = one("input[name=squad]:checked"), other = doc.getElementById("other");
      var kind = about ? about.value : "";
      var name = unit.getAttribute("data-default");
      if (kind === "squad" && squad) name = squad.getAttribute("data-name");
      if (kind === "other" && other.value) name = other.options[other.selectedIndex].text;
      unit.textContent = name;
      branch.hidden = kind === "other";
      sees.hidden = kind === "unknown" || kind === "nobody";
    };
    each("input[name=squad]", function (tile) {
      tile.addEventListener("change", function () { doc.getElementById("about-squad").checked = true; tell(); });
    });
    each("input[name=about],#other", function (field) { field.addEventListener("change", tell); });
    tell();
  }

  // One tap for the position; never asked before the tap.
  each("[data-locate]", function (button) {
    var words = one("[data-words]", button), status = one("[data-locate-status]");
    if (!navigator.geolocation) { button.parentNode.hidden = true; return; }
    button.addEventListener("click", function () {
      words.textContent = button.getAttribute("data-busy");
      navigator.geolocation.getCurrentPosition(function (found) {
        one("input[name=latitude]").value = found.coords.latitude.toFixed(6);
        one("input[name=longitude]").value = found.coords.longitude.toFixed(6);
        words.textContent = status.textContent = button.getAttribute("data-done");
        if (draft) draft.dispatchEvent(new Event("change"));
      }, function () {
        words.textContent = button.getAttribute("data-first");
        status.textContent = button.getAttribute("data-no");
      }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
    });
  });

  // Photos: made smaller here, sent one by one, each with its own state.
  var shelf = one("[data-photos]");
  if (shelf) {
    var limit = Number(shelf.getAttribute("data-left")), sending = 0, waiting = null;
    var pattern = doc.getElementById("photo-sending");
    var smaller = function (file, then) {
      var turned = window.CSS && CSS.supports && CSS.supports("image-orientation", "from-image");
      if (!turned || !doc.createElement("canvas").toBlob) { then(file); return; }
      var picture = new Image(), url = URL.createObjectURL(file);
      picture.onerror = function () { URL.revokeObjectURL(url); then(file); };
      picture.onload = function () {
        var scale = Math.min(1, 1600 / Math.max(picture.naturalWidth, picture.naturalHeight));
        if (scale === 1 && file.size < 600000) { URL.revokeObjectURL(url); then(file); return; }
        var canvas = doc.createElement("canvas");
        canvas.width = Math.round(picture.naturalWidth * scale);
        canvas.height = Math.round(picture.naturalHeight * scale);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(url);
        canvas.toBlob(function (blob) { then(blob || file); }, "image/jpeg", 0.86);
      };
      picture.src = url;
    };
    var recount = function () {
      each("[data-photo-name]", function (name, i) { name.textContent = name.getAttribute("data-name").replace("%n", i + 1); }, shelf);
      var left = one("[data-left-words]"), rest = Math.max(0, limit);
      left.textContent = rest ? left.getAttribute("data-some").replace("%n", rest) : left.getAttribute("data-none");
      each("[data-pick]", function (pick) { pick.disabled = !rest; });
    };
    var state = function (row, name) {
      each("[data-state]", function (part) { part.hidden = part.getAttribute("data-state").indexOf(name) < 0; }, row);
      row.classList.toggle("bad", name === "failed");
    };
    var settled = function () { sending -= 1; if (!sending && waiting) { var go = waiting; waiting = null; go(); } };
    var send = function (row, file) {
      state(row, "sending");
      sending += 1;
      smaller(file, function (blob) {
        var data = new FormData(), percent = one("[data-percent]", row), bar = one("progress", row);
        data.append("csrfmiddlewaretoken", token());
        data.append("photos", blob, "photo.jpg");
        row.call = post(shelf.getAttribute("data-upload"), data, function (status, answer) {
          row.call = null;
          if (status === 200) {
            var drop = one("[data-drop]", row);
            state(row, "done");
            drop.type = "submit"; drop.name = "remove"; drop.value = answer.key;
            drop.removeAttribute("data-drop");
          } else {
            one("[data-why]", row).textContent = answer.message || one("[data-why]", row).getAttribute("data-lost");
            one("[data-again]", row).hidden = Boolean(answer.message);
            state(row, "failed");
          }
          settled();
        }, function (part) {
          var n = Math.round(part * 100);
          bar.value = n;
          percent.textContent = percent.getAttribute("data-words") + " " + n + "%";
        });
      });
    };
    var take = function (file) {
      if (limit < 1) return;
      limit -= 1;
      var row = doc.importNode(pattern.content, true).firstElementChild;
      shelf.appendChild(row);
      one("img", row).src = URL.createObjectURL(file);
      one("[data-again]", row).addEventListener("click", function () { send(row, file); });
      one("[data-drop]", row).addEventListener("click", function (event) {
        if (this.type === "submit") return;
        event.preventDefault();
        if (row.call) { row.call.onerror = null; row.call.abort(); settled(); }
        shelf.removeChild(row);
        limit += 1;
        recount();
      });
      recount();
      send(row, file);
    };
    each("[data-pick]", function (pick) {
      pick.addEventListener("change", function () {
        Array.prototype.forEach.call(pick.files, take);
        pick.value = "";
      });
    });
    var page = doc.getElementById("page");
    page.addEventListener("submit", function (event) {
      if (!sending || waiting) return;
      event.preventDefault();
      page.removeAttribute("data-sent");
      var button = one(".actions .button", page);
      waiting = function () { button.click(); };
      button.lastChild.nodeValue = shelf.getAttribute("data-wait");
    }, true);
  }

  // `required` lets the sheet say "chosen" where no script runs; no photo is ever asked for.
  each("input[type=file][required]", function (pick) { pick.required = false; });

  // The receipt: copy and print.
  each("[data-chosen]", function (pick) {
    pick.addEventListener("change", function () {
      if (pick.files.length) pick.parentNode.querySelector("[data-words]").textContent = pick.getAttribute("data-chosen").replace("%n", pick.files.length);
    });
  });

  each("[data-copy-all]", function (button) {
    button.addEventListener("click", function () {
      var text = button.getAttribute("data-label").replace("%n", doc.getElementById("number").getAttribute("data-copy"))
        .replace("%c", doc.getElementById("code").getAttribute("data-copy"));
      var done = function () { one("[data-words]", button).textContent = button.getAttribute("data-done"); };
      var byHand = function () {
        var box = doc.createElement("textarea");
        box.value = text;
        doc.body.appendChild(box);
        box.select();
        if (doc.execCommand("copy")) done();
        doc.body.removeChild(box);
      };
      if (navigator.clipboard && navigator.clipboard.writeText) navigator.clipboard.writeText(text).then(done, byHand); else byHand();
    });
  });
  each("[data-print]", function (button) { button.addEventListener("click", function () { window.print(); }); });

  // The QR carries the number behind the #, where no log sees it.
  each("[data-from-hash]", function (field) {
    var digits = window.location.hash.replace(/\D/g, "");
    if (digits.length === 16 && !field.value) {
      field.value = digits.replace(/(\d{4})(?=\d)/g, "$1 ");
      var code = doc.getElementById("code");
      if (code) code.focus();
    }
  });
}());
