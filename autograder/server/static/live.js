// Replaces the board by the server's newer one. The browser resumes a line that broke by itself,
// from the last event's id.
const board = document.getElementById("board");
if (board && board.dataset.events && "EventSource" in window) {
  const source = new EventSource(board.dataset.events);
  source.addEventListener("board", (event) => {
    const before = new Map();
    for (const row of board.querySelectorAll("tr[data-entry]")) {
      before.set(row.dataset.entry, row.innerText);
    }
    const focused = document.activeElement && document.activeElement.getAttribute("href");
    board.innerHTML = event.data; // the server has escaped every text in it
    for (const row of board.querySelectorAll("tr[data-entry]")) {
      if (before.size && before.get(row.dataset.entry) !== row.innerText) row.classList.add("moved");
    }
    if (focused) {
      const again = [...board.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused);
      if (again) again.focus({ preventScroll: true });
    }
  });
}
