
(() => {
  const table = document.getElementById("sites");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const field = document.getElementById("filter");
  const shown = document.getElementById("shown");
  field.closest("p").hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    let count = 0;
    for (const row of rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      count += !row.hidden;
    }
    shown.textContent = wanted ? `${count} of ${rows.length}` : "";
  });
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    let down = false;
    button.addEventListener("click", () => {
      const text = (row) => (row.cells[column] ? row.cells[column].textContent.trim() : "");
      rows.sort((a, b) => text(a).localeCompare(text(b), "en", { numeric: true }) * (down ? -1 : 1));
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      down = !down;
      body.append(...rows);
    });
  });
})();
