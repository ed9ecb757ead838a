// A sheet to draw on. While somebody draws, the server's network reads it a few times a second.
const SIDE = 56; // pixels that are sent of each side
const section = document.getElementById("drawing");
const paper = document.getElementById("paper");
const reading = document.getElementById("reading");
const clear = document.getElementById("clear");
const pen = paper.getContext("2d", { willReadFrequently: true });
let last = null, dirty = false, busy = false, drawn = false;

function blank() {
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, paper.width, paper.height);
  drawn = false;
  reading.textContent = "Draw one with a finger or a mouse.";
  show(Array(10).fill(0), null);
  document.getElementById("maps").replaceChildren();
}

function at(event) {
  const box = paper.getBoundingClientRect();
  return [(event.clientX - box.left) * paper.width / box.width, (event.clientY - box.top) * paper.height / box.height];
}

function stroke(from, to) {
  pen.strokeStyle = "#fff";
  pen.lineWidth = 24;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
  dirty = drawn = true;
}

paper.addEventListener("pointerdown", (event) => {
  paper.setPointerCapture(event.pointerId);
  last = at(event);
  stroke(last, last);
  event.preventDefault();
});
paper.addEventListener("pointermove", (event) => {
  if (!last) return;
  const here = at(event);
  stroke(last, here);
  last = here;
});
for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { last = null; });
clear.addEventListener("click", blank);

function pixels() {
  const small = document.createElement("canvas");
  small.width = small.height = SIDE;
  const context = small.getContext("2d");
  context.drawImage(paper, 0, 0, SIDE, SIDE);
  const found = context.getImageData(0, 0, SIDE, SIDE).data;
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => found[4 * i]);
}

function show(scores, best) {
  scores.forEach((score, digit) => {
    document.getElementById("score" + digit).value = score;
    const said = document.getElementById("said" + digit);
    said.textContent = drawn ? (100 * score).toFixed(score > 0.995 || score < 0.005 ? 1 : 0) + "%" : "";
    said.parentElement.classList.toggle("best", digit === best);
  });
}

function maps(layers) {
  const rows = layers.map((layer) => {
    const row = document.createElement("div");
    const bytes = atob(layer.pixels);
    for (let map = 0; map < layer.count; map++) {
      const canvas = document.createElement("canvas");
      canvas.width = layer.columns;
      canvas.height = layer.rows;
      const context = canvas.getContext("2d");
      const image = context.createImageData(layer.columns, layer.rows);
      const size = layer.rows * layer.columns;
      for (let i = 0; i < size; i++) {
        const value = bytes.charCodeAt(map * size + i);
        image.data.set([value, value, value, 255], 4 * i);
      }
      context.putImageData(image, 0, 0);
      row.append(canvas);
    }
    return row;
  });
  document.getElementById("maps").replaceChildren(...rows);
}

async function read() {
  if (!dirty || busy) return;
  dirty = false;
  busy = true;
  try {
    const answer = await fetch(section.dataset.read, {
      method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: pixels(),
    });
    const found = await answer.json();
    if (!answer.ok) {
      reading.textContent = found.error;
    } else if (drawn) {
      const best = found.scores.indexOf(Math.max(...found.scores));
      show(found.scores, best);
      maps(found.layers);
      reading.textContent = "It reads a " + best + ".";
    }
  } catch (error) {
    reading.textContent = "The server does not answer.";
  }
  busy = false;
}

clear.hidden = false;
blank();
setInterval(read, 300);
