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
    // A point of the figure and a row of the table may lead to the same entry.
    const focused = document.activeElement;
    const alike = () => [...board.querySelectorAll("a")].filter((a) => a.getAttribute("href") === focused.getAttribute("href"));
    const place = alike().indexOf(focused);
    board.innerHTML = event.data; // the server has escaped every text in it
    for (const row of board.querySelectorAll("tr[data-entry]")) {
      if (before.size && before.get(row.dataset.entry) !== row.innerText) row.classList.add("moved");
    }
    if (place >= 0 && alike()[place]) alike()[place].focus({ preventScroll: true });
  });
}
