// The search, and a table of contents that is open where there is room. Every page works without.
"use strict";

const MOST_FOUND = 12;
const contents = document.querySelector(".contents");
if (contents && matchMedia("(min-width: 72rem)").matches) contents.open = true;

const search = document.querySelector(".search");
const field = search.querySelector("input");
const list = search.querySelector("ol");
search.hidden = false;

// What the search knows is as large as all pages' text: it is loaded when it is first wanted. A
// script and not a JSON file, since a page on disk may not read other files.
let knowledge = null;
function known() {
  knowledge ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "search.js";
    script.onload = () => resolve(KNOWN);
    script.onerror = reject;
    document.head.append(script);
  });
  return knowledge;
}

// A section is found where each word begins one of its own; a title counts more than the text.
function find(sections, asked) {
  const words = asked.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (!words.length) return [];
  const begins = words.map((word) => new RegExp(`(?<![\\p{L}\\p{N}])${word}`, "iu"));
  return sections
    .filter(([, , , title, text]) => begins.every((b) => b.test(title) || b.test(text)))
    .map((section) => [begins.filter((b) => b.test(section[3])).length, section, begins[0]])
    .sort((one, other) => other[0] - one[0])
    .slice(0, MOST_FOUND);
}

function around(text, pattern) {
  const place = Math.max(0, text.search(pattern));
  const start = place < 30 ? 0 : text.indexOf(" ", place - 30) + 1;
  return `${start ? "… " : ""}${text.slice(start, start + 100)}…`;
}

function show(found, asked) {
  list.replaceChildren(
    ...found.map(([, [file, anchor, page, title, text], pattern]) => {
      const link = document.createElement("a");
      link.href = anchor ? `${file}#${anchor}` : file;
      const [head, where, words] = ["strong", "small", "span"].map((n) => document.createElement(n));
      head.textContent = title;
      where.textContent = title === page ? "" : page;
      words.textContent = around(text, pattern);
      link.append(head, where, words);
      const item = document.createElement("li");
      item.append(link);
      return item;
    })
  );
  if (!found.length) {
    const item = document.createElement("li");
    item.textContent = `No section has “${asked}”.`;
    list.append(item);
  }
  list.hidden = false;
}

field.addEventListener("input", async () => {
  const asked = field.value.trim();
  list.hidden = !asked;
  if (!asked) return;
  const sections = await known();
  if (field.value.trim() === asked) show(find(sections, asked), asked);
});

search.addEventListener("submit", (event) => {
  event.preventDefault();
  list.querySelector("a")?.click();
});

// "/" goes to the search, arrows walk through what it found, Escape leaves it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "Escape" && search.contains(event.target)) {
    list.hidden = true;
    field.focus();
  } else if (search.contains(event.target) && /^Arrow(Up|Down)$/.test(event.key) && !list.hidden) {
    event.preventDefault();
    const stops = [field, ...list.querySelectorAll("a")];
    const step = event.key === "ArrowDown" ? 1 : stops.length - 1;
    stops[(stops.indexOf(event.target) + step) % stops.length].focus();
  }
});
document.addEventListener("click", (event) => {
  if (!search.contains(event.target)) list.hidden = true;
});
