/* The position is asked for on a tap, rounded to about a kilometre, and goes into the address of this page alone. */
(function () {
  "use strict";
  var button = document.querySelector("[data-locate]");
  if (!button || !navigator.geolocation) { return; }
  var words = button.querySelector("[data-words]");
  button.addEventListener("click", function () {
    words.textContent = button.getAttribute("data-asking");
    navigator.geolocation.getCurrentPosition(function (found) {
      var at = found.coords;
      location.search = "?at=" + at.latitude.toFixed(2) + "," + at.longitude.toFixed(2);
    }, function () {
      words.textContent = button.getAttribute("data-failed");
    }, { timeout: 8000, maximumAge: 300000 });
  });
})();
