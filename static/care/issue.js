/* Handing out with or without signal: each one is written into the phone first, sent from there, and wiped when it is received.
   What is kept: plate and last four, or a code that is over in a quarter of an hour. ES2017 at most, no other host. */
(function () {
  "use strict";
  var doc = document, form = doc.getElementById("give"), queue = doc.getElementById("queue");
  if (!form || !queue || !window.indexedDB || !window.fetch || !window.AbortController) return;
  var words = form.dataset, said = queue.dataset, told = doc.getElementById("told");
  var NAME = "care-issue", STORE = "rows", WAIT = 8000, BATCH = 50, KEPT_DAYS = 14, PLATE = /^[\u4e00-\u9fa5][A-Z][A-HJ-NP-Z0-9]{5,6}$/;
  var busy = false;

  function one(selector, inside) { return (inside || doc).querySelector(selector); }
  function field(name) { return doc.getElementById(name); }
  function value(name) { var found = field(name); return found ? found.value.trim() : ""; }
  function fill(text, n) { return text.replace("%n", n); }

  // --- the rows in this phone ---
  function open() {
    return new Promise(function (done, fail) {
      var asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore(STORE, { keyPath: "client_key" }); };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = function () { fail(asked.error); };
    });
  }
  function run(mode, act) {
    return open().then(function (base) {
      return new Promise(function (done, fail) {
        var whole = base.transaction(STORE, mode), asked = act(whole.objectStore(STORE));
        whole.oncomplete = function () { base.close(); done(asked.result); };
        whole.onerror = whole.onabort = function () { base.close(); fail(whole.error); };
      });
    });
  }
  function keep(row) { return run("readwrite", function (store) { return store.put(row); }); }
  function wipe(row) { return run("readwrite", function (store) { return store.delete(row.client_key); }); }
  function rows() { return run("readonly", function (store) { return store.getAll(); }); }

  function key() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64; bytes[8] = bytes[8] & 63 | 128;
    var hex = Array.from(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // --- the line to the server ---
  function token() {
    var found = doc.cookie.split("; ").filter(function (pair) { return pair.indexOf(words.cookie + "=") === 0; })[0];
    return found ? found.slice(words.cookie.length + 1) : "";
  }
  function post(url, body, more) {
    var stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, WAIT);
    var headers = Object.assign({ "Content-Type": "application/json", "X-CSRFToken": token() }, more || {});
    return fetch(url, { method: "POST", headers: headers, body: JSON.stringify(body), credentials: "same-origin", signal: stop.signal })
      .then(function (answer) {
        return answer.json().catch(function () { return {}; }).then(function (data) { return { status: answer.status, data: data }; });
      }, function () { return { status: 0, data: {} }; })
      .then(function (found) { clearTimeout(timer); return found; });
  }
  function plain(row) {
    return { point: row.point, campaign: row.campaign, good: row.good, quantity: row.quantity, plate: row.plate, tail: row.tail, card: row.card, anyway: row.anyway };
  }

  // --- what is shown ---
  function element(name, text, kind) {
    var made = doc.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }
  function icon(name) {
    var copy = one("#queue-head .icon").cloneNode(true), use = one("use", copy);
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#" + name));
    return copy;
  }
  function tell(kind, sign, title, more) {
    var box = element("div", "", "banner " + kind), line = element("p");
    box.appendChild(icon(sign));
    line.appendChild(element("b", title));
    if (more) line.appendChild(element("small", more));
    box.appendChild(line);
    told.textContent = "";
    told.appendChild(box);
    told.scrollIntoView({ block: "nearest" });
  }
  function clean() {
    Array.prototype.forEach.call(form.querySelectorAll(".errword, .errors"), function (old) { old.remove(); });
    Array.prototype.forEach.call(form.querySelectorAll(".field.wrong"), function (box) { box.classList.remove("wrong"); });
    Array.prototype.forEach.call(form.querySelectorAll("[aria-invalid]"), function (old) { old.removeAttribute("aria-invalid"); });
  }
  function wrong(name, text) {
    var input = field(name) || field("plate"), id = input.id, box = input.closest(".field") || input;
    var line = element("p", "", "errword");
    line.id = id + "-error";
    line.appendChild(icon("wrong"));
    line.appendChild(element("span", text));
    box.classList.add("wrong");
    var place = one("[data-words-" + id + "]");
    if (place) place.appendChild(line);
    else box.insertBefore(line, id === "what" ? box.children[1] : input);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", line.id);
    told.textContent = "";
    if (input.focus) input.focus();
    line.scrollIntoView({ block: "center" });
  }
  function button(label) { var found = one(".actions .button"); if (found) found.lastChild.nodeValue = label; return found; }
  function calm() {
    var asks = !field("again-box").hidden, found = button(asks ? words.again : one(".actions .button").dataset.first);
    found.removeAttribute("aria-disabled");
    busy = false;
  }
  function empty() {
    ["card", "plate", "tail", "anyway"].forEach(function (name) { field(name).value = ""; });
    if (field("quantity")) field("quantity").value = "1";
    field("again-box").hidden = true;
    one("[data-scan-words]").textContent = "";
  }
  function when(row) {
    var at = new Date(row.at), now = new Date(), clock = at.getHours() + ":" + ("0" + at.getMinutes()).slice(-2);
    var day = at.toDateString() === now.toDateString() ? said.today : (at.getMonth() + 1) + "月" + at.getDate() + "日";
    return said.line.replace("%at", day + " " + clock);
  }
  function show() {
    return rows().then(function (all) {
      var mine = all.filter(function (row) { return row.holder === words.holder; }), others = all.length - mine.length;
      var waiting = mine.filter(function (row) { return row.state === "new"; });
      queue.hidden = !all.length;
      one("[data-how-many]").textContent = mine.length;
      one("[data-send-now]").parentNode.hidden = !waiting.length;
      var beside = one("[data-others-words]");
      beside.hidden = !others;
      beside.textContent = fill(said.others, others);
      var list = one("[data-rows]", queue);
      list.textContent = "";
      mine.sort(function (a, b) { return a.at < b.at ? 1 : -1; }).forEach(function (row) { list.appendChild(line(row)); });
      Array.prototype.forEach.call(form.querySelectorAll("[data-left]"), function (left) {
        var choice = one("input", left.closest(".opt"));
        var taken = waiting.filter(function (row) {
          return row.point === words.point && row.campaign === choice.dataset.campaign && row.good === choice.dataset.good;
        }).reduce(function (sum, row) { return sum + row.quantity; }, 0);
        left.textContent = Math.max(0, Number(left.dataset.left) - taken);
      });
      return waiting;
    });
  }
  function line(row) {
    var item = element("li"), refused = row.state === "refused", state = element("span", "", "ci-state " + (refused ? "errword" : "warnword"));
    state.appendChild(icon(refused ? "wrong" : "clock"));
    state.appendChild(element("b", refused ? said.refused : said.unsent));
    item.appendChild(state);
    item.appendChild(element("span", when(row)));
    if (!refused) return item;
    item.appendChild(element("small", row.words));
    var acts = element("div", "", "ci-acts"), retry = element("button", said.retry, "second"), drop = element("button", said.drop, "second");
    retry.type = drop.type = "button";
    retry.addEventListener("click", function () { row.state = "new"; keep(row).then(show).then(send); });
    drop.addEventListener("click", function () { wipe(row).then(show); });
    acts.appendChild(retry);
    acts.appendChild(drop);
    item.appendChild(acts);
    return item;
  }

  // --- send what waits; sent twice it is one row each, for each has its key ---
  var sending = false;
  function send() {
    if (sending || navigator.onLine === false) return Promise.resolve();
    sending = true;
    return batch(0, 0).then(function (found) {
      sending = false;
      if (found.sent) tell("ok", "done", fill(words.sent, found.sent), found.flagged ? fill(words.flagged, found.flagged) : "");
      return show();
    }, function () { sending = false; });
  }
  function batch(sent, flagged) {
    return rows().then(function (all) {
      var some = all.filter(function (row) { return row.state === "new" && row.holder === words.holder; }).slice(0, BATCH);
      if (!some.length) return { sent: sent, flagged: flagged };
      var body = { sent_at: new Date().toISOString(), rows: some.map(function (row) { return Object.assign(plain(row), { client_key: row.client_key, at: row.at }); }) };
      return post(words.replay, body).then(function (answer) {
        if (answer.status !== 200) {
          if ([401, 403, 404].indexOf(answer.status) >= 0) tell("", "warn", words.signIn, words.signInWords);
          return { sent: sent, flagged: flagged };
        }
        var by = {};
        some.forEach(function (row) { by[row.client_key] = row; });
        return Promise.all(answer.data.rows.map(function (got) {
          var row = by[got.client_key];
          if (!row) return null;
          if (got.what !== "refused") { sent += 1; flagged += got.repeat ? 1 : 0; return wipe(row); }
          row.state = "refused";
          row.words = got.words;
          return keep(row);
        })).then(function () { return batch(sent, flagged); });
      });
    });
  }

  // --- one tap ---
  function tap(event) {
    if (event.target !== form) return;
    event.preventDefault();
    if (busy) return;
    clean();
    var choice = one("input[name=what]:checked"), plate = value("plate").replace(/[\s·.-]/g, "").toUpperCase(), card = value("card");
    var asks = !field("again-box").hidden, offline = navigator.onLine === false;
    if (!choice) return wrong("what", words.plate);
    if (!card && !PLATE.test(plate)) return wrong("plate", words.plate);
    if (!card && !/^[0-9]{4}$/.test(value("tail"))) return wrong("tail", words.tail);
    if (asks && !value("anyway")) return wrong("anyway", words.anyway);
    if (offline && /^[0-9]{4}$/.test(card)) return wrong("card", words.needsSignal);
    busy = true;
    button(words.busy).setAttribute("aria-disabled", "true");
    var row = {
      client_key: key(), at: new Date().toISOString(), point: words.point, campaign: choice.dataset.campaign, good: choice.dataset.good,
      quantity: Number(value("quantity") || 1) || 0, plate: card ? "" : plate, tail: card ? "" : value("tail"), card: card, anyway: asks ? value("anyway") : "",
      holder: words.holder, state: "new", words: ""
    };
    keep(row).then(function () {
      return offline ? { status: 0, data: {} } : post(words.issue, plain(row), { "Idempotency-Key": row.client_key });
    }).then(function (answer) { return answered(row, choice, answer); }).then(calm, function () { calm(); form.submit(); });
  }
  function answered(row, choice, answer) {
    var status = answer.status, data = answer.data;
    if (status === 200) {
      return wipe(row).then(function () {
        var left = one("[data-left]", choice.closest(".opt"));
        left.dataset.left = data.left;
        empty();
        tell("ok", "done", fill(words.given, data.left));
        return show().then(function (waiting) { if (waiting.length) send(); });
      });
    }
    if (status === 0 || status === 429 || status >= 500 || [401, 403, 404].indexOf(status) >= 0) {
      if (status === 0 && /^[0-9]{4}$/.test(row.card)) {
        return wipe(row).then(function () { wrong("card", words.needsSignal); });
      }
      empty();
      if ([401, 403, 404].indexOf(status) >= 0) tell("", "warn", words.signIn, words.signInWords);
      else tell("", "nosignal", words.kept, words.keptWords);
      return show();
    }
    return wipe(row).then(function () {
      var first = (data.errors || [])[0] || { field: "plate", message: data.detail };
      if (data.code === "repeat") field("again-box").hidden = false;
      var at = { campaign: "what", good: "what", point: "what" }[first.field] || first.field;
      wrong(field(at) ? at : "plate", first.message);
    });
  }
  doc.addEventListener("submit", tap, true);

  // --- the camera, where the browser reads codes ---
  var scan = one("[data-scan]"), video = one("[data-video]"), words_ = one("[data-scan-words]");
  if (scan && window.BarcodeDetector && navigator.mediaDevices) {
    scan.hidden = false;
    scan.addEventListener("click", function () {
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false }).then(function (stream) {
        var reader = new window.BarcodeDetector({ formats: ["qr_code"] }), until = Date.now() + 30000;
        video.hidden = false;
        video.srcObject = stream;
        video.play();
        function close(text) {
          stream.getTracks().forEach(function (track) { track.stop(); });
          video.srcObject = null;
          video.hidden = true;
          words_.textContent = text;
        }
        (function look() {
          if (Date.now() > until) { close(""); return; }
          reader.detect(video).then(function (found) {
            var text = found.length ? found[0].rawValue : "";
            if (text.indexOf("HYLQ:") === 0) { field("card").value = text; close(words.scanned); return; }
            if (text) words_.textContent = words.notOurs;
            setTimeout(look, 250);
          }, function () { setTimeout(look, 250); });
        })();
      }, function () { words_.textContent = words.noScan; });
    });
  }

  // --- when there is signal again ---
  var old = Date.now() - KEPT_DAYS * 86400000;
  rows().then(function (all) {
    return Promise.all(all.filter(function (row) { return row.state === "refused" && Date.parse(row.at) < old; }).map(wipe));
  }).then(show).then(function (waiting) { if (waiting.length) send(); });
  one("[data-send-now]").addEventListener("click", send);
  window.addEventListener("online", send);
  doc.addEventListener("visibilitychange", function () { if (doc.visibilityState === "visible") send(); });
  setInterval(function () { if (!queue.hidden) send(); }, 30000);
  if (navigator.serviceWorker) navigator.serviceWorker.register(words.worker, { scope: words.scope }).catch(function () {});
})();
