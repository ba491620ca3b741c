/* The map of the stations: pins from the rows of the list below it, numbered as they are. The ground is plain unless the
   page names a service of tiles; nothing else is ever asked for. */
(function () {
  "use strict";
  var doc = document, box = doc.getElementById("map");
  if (!box || !window.L) { return; }
  var said = function (name) { return box.getAttribute("data-" + name) || ""; };
  var map = L.map(box, { zoomControl: false, attributionControl: false, minZoom: 5, maxZoom: 18 });
  L.control.zoom({ zoomInTitle: said("in"), zoomOutTitle: said("out"), zoomInText: "+", zoomOutText: "−" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (said("tiles")) {
    L.tileLayer(said("tiles"), { maxZoom: 18 }).addTo(map);
    if (said("credit")) {
      var credit = doc.createElement("span");
      credit.textContent = said("credit");
      L.control.attribution({ prefix: false }).addAttribution(credit.innerHTML).addTo(map);
    }
  }
  map.setView([34.2, 117.3], 9); // pins stand once there is a view
  Array.prototype.forEach.call(doc.querySelectorAll("[data-town]"), function (town) {
    var at = [Number(town.getAttribute("data-lat")), Number(town.getAttribute("data-lon"))];
    var word = doc.createElement("span");
    word.textContent = town.textContent;
    L.marker(at, { icon: L.divIcon({ className: "st-town-word", html: word, iconSize: null }), interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
  });
  // too many names for a small scale: they come when he looks closer
  var close = function () { box.classList.toggle("st-far", map.getZoom() < 10); };
  map.on("zoomend", close);
  var bounds = [], here = said("here").split(",").map(Number);
  if (here.length === 2) {
    [10, 30].forEach(function (km) {
      L.circle(here, { radius: km * 1000, className: "st-ring", interactive: false }).addTo(map);
      var west = [here[0], here[1] - km / 111.2 / Math.cos(here[0] * Math.PI / 180)];
      L.marker(west, { icon: L.divIcon({ className: "st-ring-word", html: said("ring").replace("%n", km), iconSize: null }), interactive: false, keyboard: false }).addTo(map);
    });
    L.circleMarker(here, { radius: 9, className: "st-here", interactive: false }).addTo(map);
    bounds.push(here);
  }
  Array.prototype.forEach.call(doc.querySelectorAll("[data-pin]"), function (row, i) {
    var at = [Number(row.getAttribute("data-lat")), Number(row.getAttribute("data-lon"))];
    var no = row.querySelector(".st-no").childNodes[1].nodeValue;
    var words = row.getAttribute("data-name") + "，" + row.getAttribute("data-open");
    var pin = L.marker(at, { icon: L.divIcon({ className: "st-pin st-no st-" + row.getAttribute("data-pin"), html: no, iconSize: null }), riseOnHover: true }).addTo(map);
    pin.getElement().setAttribute("aria-label", no + "，" + words);
    pin.bindPopup(card(row), { closeButton: false, className: "st-card", offset: [0, -14], autoPanPadding: [20, 20] });
    if (i < 12) { bounds.push(at); }
  });
  if (bounds.length) { map.fitBounds(bounds, { padding: [44, 44], maxZoom: 13 }); }
  close();

  function card(row) {
    var out = doc.createElement("div"), name = doc.createElement("b"), state = doc.createElement("span");
    name.textContent = row.getAttribute("data-name");
    state.textContent = row.getAttribute("data-open");
    out.appendChild(name);
    out.appendChild(state);
    if (row.href) {
      var link = doc.createElement("a");
      link.href = row.href;
      link.textContent = said("see");
      out.appendChild(link);
    }
    return out;
  }
})();
