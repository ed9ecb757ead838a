// The planner on a page: a line to type, its words to drag or to walk through with arrow keys, buttons
// that change the chosen one. What it draws is plan.shown.js's. Without scripts the page keeps the
// drawing that it came with.
"use strict";

const NEW_WORDS = ["c16", "1x16", "d16", "r16", "p", "a", "do5", "gap"];

document.querySelectorAll(".planner").forEach((place, number) => {
  const picture = place.querySelector(".plan").parentElement.appendChild(element("div"));
  place.querySelector(".plan").remove();
  const id = `planner-${number}`;
  const field = element("input", { id, type: "text", value: place.dataset.line, spellcheck: false, autocomplete: "off" });
  const label = element("label", { htmlFor: id, textContent: "The network, as a line of words" });
  const list = element("div", { className: "words", role: "radiogroup" });
  list.ariaLabel = "Its words: choose one, then a button; or drag it";
  let chosen = 0;
  const added = element("select", { ariaLabel: "The word to add" });
  added.append(...NEW_WORDS.map((word) => element("option", { textContent: word })));
  const said = element("p", { role: "status" });
  const problem = element("pre", { role: "alert" });
  const tools = element("div", { className: "tools", role: "group", ariaLabel: "Change the chosen word" });
  const buttons = {
    Earlier: () => move(-1),
    Later: () => move(1),
    Narrower: () => widen(-2),
    Wider: () => widen(2),
    Remove: () => change((words, at) => [words.toSpliced(at, 1), Math.min(at, words.length - 2)]),
  };
  tools.append(...Object.entries(buttons).map(([name, act]) => button(name, act)));
  const add = element("div", { className: "tools" });
  add.append(button("Add behind it", insert), added);
  const save = element("div", { className: "tools" });
  save.append(button("Write model.py", write), said);
  place.prepend(label, field, problem, list, tools, add, save);

  const words = () => field.value.replaceAll(",", " ").trim().split(/\s+/).filter(Boolean);

  function change(changed) {
    const [next, at] = changed(words(), chosen);
    field.value = next.join(" ");
    show(at);
  }
  function move(step, from = chosen) {
    change((all) => {
      const to = Math.max(0, Math.min(all.length - 1, from + step));
      const next = all.toSpliced(from, 1);
      next.splice(to, 0, all[from]);
      return [next, to];
    });
  }
  // The number of a word is its width, except for pools, whose number is their size.
  function widen(step) {
    change((all, at) => {
      const word = all[at].replace(/^(c|d|r|1x)?(\d+)/i, (_, kind, width) =>
        `${kind ?? ""}${Math.max(1, Math.min(MOST_CHANNELS, Number(width) + step))}`);
      return [all.toSpliced(at, 1, word), at];
    });
  }
  function insert() {
    change((all, at) => [all.toSpliced(at + 1, 0, added.value), Math.min(at + 1, all.length)]);
  }
  function write() {
    try {
      const text = written(plan(field.value));
      const link = element("a", { download: "model.py" });
      link.href = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href));
      said.textContent = "model.py is among your downloads; next: autograde check model.py";
    } catch (error) {
      said.textContent = error.message.split("\n")[0];
    }
  }
  // A word is a radio button, which arrow keys walk through, in a label, which a mouse can drag.
  function wordAt(word, at) {
    const shown = element("label", { draggable: true });
    const radio = element("input", { type: "radio", name: `${id}-word`, checked: at === chosen });
    radio.addEventListener("change", () => (chosen = at));
    shown.append(radio, word);
    shown.addEventListener("dragstart", ({ dataTransfer }) => dataTransfer.setData("text/plain", at));
    shown.addEventListener("dragover", (event) => event.preventDefault());
    shown.addEventListener("drop", (event) => {
      event.preventDefault();
      const from = Number(event.dataTransfer.getData("text/plain"));
      if (Number.isInteger(from) && from < words().length) move(at - from, from);
    });
    return shown;
  }
  function show(at = chosen) {
    chosen = Math.max(0, Math.min(at, words().length - 1));
    list.replaceChildren(...words().map(wordAt));
    said.textContent = "";
    try {
      picture.innerHTML = drawn(plan(field.value));
      problem.textContent = "";
      picture.classList.remove("stale");
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problem.textContent = error.message; // the last network that was one stays in sight, faded
      picture.classList.add("stale");
    }
  }
  field.addEventListener("input", () => show());
  show(0);
});

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function button(name, act) {
  const made = element("button", { type: "button", textContent: name });
  made.addEventListener("click", act);
  return made;
}
