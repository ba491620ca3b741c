/* Keeps the hand-out pages on the phone, nothing else: its own address limits it to them. FILES stands above, from the server. */
"use strict";
var PAGES = "care-issue-pages", PARTS = "care-issue-parts";

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(PARTS).then(function (parts) { return parts.addAll(FILES); }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.open(PARTS).then(function (parts) {
    return parts.keys().then(function (kept) {
      return Promise.all(kept.map(function (one) { return FILES.indexOf(new URL(one.url).pathname) < 0 ? parts.delete(one) : null; }));
    });
  }).then(function () { return self.clients.claim(); }));
});

function page(request) {
  return caches.open(PAGES).then(function (pages) {
    var fresh = fetch(request).then(function (answer) {
      // Signed out, or no keeper any more: what was kept for him goes.
      if (answer.type === "opaqueredirect" || answer.redirected || answer.status === 404) pages.delete(request.url);
      else if (answer.ok) return pages.put(request.url, answer.clone()).then(function () { return answer; });
      return answer;
    });
    var late = new Promise(function (done) { setTimeout(done, 4000); }).then(function () { return pages.match(request.url); });
    return Promise.race([fresh, late.then(function (kept) { return kept || fresh; })]).catch(function () {
      return pages.match(request.url).then(function (kept) {
        if (kept) return kept;
        return pages.keys().then(function (all) { return all.length ? Response.redirect(all[0].url) : Response.error(); });
      });
    });
  });
}

self.addEventListener("fetch", function (event) {
  var request = event.request;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") { event.respondWith(page(request)); return; }
  var path = new URL(request.url).pathname;
  if (FILES.indexOf(path) < 0) return;
  event.respondWith(caches.match(request.url, { ignoreSearch: true }).then(function (kept) { return kept || fetch(request); }));
});
