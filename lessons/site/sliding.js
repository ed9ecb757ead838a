// A kernel that is moved over a digit by two sliders: what it meets there, and the map so far.
// Without scripts the page keeps the picture that it came with (course/figures/images/sliding.py).
"use strict";

document.querySelectorAll(".sliding").forEach((place, number) => {
  const { image, kernel } = JSON.parse(place.dataset.values);
  const size = kernel.length;
  const rows = image.length - size + 1;
  const map = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: rows }, (_, column) => sumAt(row, column)));
  const most = Math.max(...map.flat().map(Math.abs));
  const at = strongest();
  let playing = 0;

  const controls = make("div", { className: "tools" });
  const [down, across] = ["row", "column"].map((name, axis) => {
    const id = `sliding-${number}-${name}`;
    const slider = make("input", { id, type: "range", min: 1, max: rows, value: at[axis] + 1 });
    slider.addEventListener("input", () => move(axis, Number(slider.value) - 1));
    const pair = make("span");
    pair.append(make("label", { htmlFor: id, textContent: name }), slider);
    controls.append(pair);
    return slider;
  });
  const play = make("button", { type: "button", textContent: "Let it slide" });
  play.addEventListener("click", () => (playing ? stop() : start()));
  controls.append(play);

  const views = make("div", { className: "views" });
  const [digit, answers] = [canvas(image.length), canvas(rows)];
  const products = make("table", { ariaLabel: "Each pixel under the kernel times its weight" });
  const said = make("output");
  views.append(
    view("the image", digit), view("pixel × weight", products), view("the map so far", answers));
  place.replaceChildren(controls, views, said);
  draw();

  function sumAt(row, column) {
    let sum = 0;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) sum += kernel[y][x] * image[row + y][column + x];
    }
    return sum;
  }
  function strongest() {
    let found = [0, 0];
    map.forEach((line, row) => line.forEach((sum, column) => {
      if (sum > map[found[0]][found[1]]) found = [row, column];
    }));
    return found;
  }
  function move(axis, to) {
    stop();
    at[axis] = to;
    draw();
  }
  function start() {
    play.textContent = "Stop";
    [at[0], at[1]] = [0, 0];
    playing = setInterval(() => {
      const next = at[0] * rows + at[1] + 1;
      if (next >= rows * rows) return stop();
      [at[0], at[1]] = [Math.floor(next / rows), next % rows];
      draw();
    }, 40);
  }
  function stop() {
    clearInterval(playing);
    playing = 0;
    play.textContent = "Let it slide";
  }
  function draw() {
    const [row, column] = at;
    [down.value, across.value] = [row + 1, column + 1];
    paint(digit, (y, x) => grey(image[y][x] / 255), [column, row, size]);
    // The map holds what has been passed so far, in the order in which one reads.
    paint(answers, (y, x) => (y * rows + x <= row * rows + column ? signed(map[y][x] / most) : grey(0)), [column, row, 1]);
    products.replaceChildren(...kernel.map((line, y) => {
      const cells = line.map((weight, x) =>
        make("td", { textContent: `${image[row + y][column + x]} × ${weight}`.replace("-", "−") }));
      const tr = make("tr");
      tr.append(...cells);
      return tr;
    }));
    const sum = map[row][column].toLocaleString("en-US", { maximumFractionDigits: 2 }).replace("-", "−");
    said.textContent = `Row ${row + 1}, column ${column + 1}: the ${size * size} products add up to ${sum}.`;
  }
});

function make(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function canvas(side) {
  return make("canvas", { width: 10 * side, height: 10 * side, ariaHidden: "true" });
}

function view(name, content) {
  const box = make("figure");
  box.append(make("figcaption", { textContent: name }), content);
  return box;
}

function paint(place, colour, [left, top, side]) {
  const pen = place.getContext("2d");
  const count = place.width / 10;
  for (let y = 0; y < count; y++) {
    for (let x = 0; x < count; x++) {
      pen.fillStyle = colour(y, x);
      pen.fillRect(10 * x, 10 * y, 10, 10);
    }
  }
  pen.strokeStyle = "#d55e00";
  pen.lineWidth = 4;
  pen.strokeRect(10 * left, 10 * top, 10 * side, 10 * side);
}

function grey(ink) {
  return `rgb(${Array(3).fill(Math.round(255 * (1 - ink))).join(" ")})`;
}

// Above zero red, below it blue, as in the picture; nothing is white.
function signed(value) {
  const faded = Math.round(255 * (1 - Math.abs(value)));
  return value < 0 ? `rgb(${faded} ${faded + (255 - faded) / 3} 255)` : `rgb(255 ${faded} ${faded})`;
}
