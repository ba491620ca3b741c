/* A signature on a canvas: finger, pen or mouse; it goes with the form as a picture. Nothing is kept, no other host. */
(function () {
  "use strict";
  var sheet = document.querySelector("[data-sign]"), field = document.querySelector("[data-drawn]");
  if (!sheet || !field || !sheet.getContext) return;
  var pen = sheet.getContext("2d"), down = false, any = false;

  function blank() {
    pen.fillStyle = "#FFFFFF";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.strokeStyle = "#111111";
    pen.lineWidth = 6;
    pen.lineCap = pen.lineJoin = "round";
    any = false;
    field.value = "";
  }

  function at(event) {
    var box = sheet.getBoundingClientRect(), touch = event.touches && event.touches[0] || event;
    return [(touch.clientX - box.left) * sheet.width / box.width, (touch.clientY - box.top) * sheet.height / box.height];
  }

  function start(event) {
    var point = at(event);
    down = true;
    pen.beginPath();
    pen.moveTo(point[0], point[1]);
    event.preventDefault();
  }

  function move(event) {
    if (!down) return;
    var point = at(event);
    pen.lineTo(point[0], point[1]);
    pen.stroke();
    any = true;
    event.preventDefault();
  }

  function stop() {
    if (!down) return;
    down = false;
    if (any) field.value = sheet.toDataURL("image/png");
  }

  blank();
  sheet.addEventListener("mousedown", start);
  sheet.addEventListener("mousemove", move);
  window.addEventListener("mouseup", stop);
  sheet.addEventListener("touchstart", start, { passive: false });
  sheet.addEventListener("touchmove", move, { passive: false });
  sheet.addEventListener("touchend", stop);
  sheet.addEventListener("touchcancel", stop);
  var clear = document.querySelector("[data-sign-clear]");
  if (clear) clear.addEventListener("click", blank);
})();
