// <fairgo-table> around a real table: headings become buttons that sort the rows shown, and a box narrows them down.
// Without this file the table is a table; nothing here is needed.
const FEW = 6; // rows that need neither sorting nor narrowing
const order = new Intl.Collator(document.documentElement.lang, { numeric: true });

class SortedTable extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    this.rows = [...this.table.tBodies[0].rows];
    if (this.rows.length < FEW || this.dataset.ready) return;
    this.dataset.ready = "yes";
    [...this.table.tHead.rows[0].cells].forEach((cell, nth) => this.button(cell, nth));
    this.box();
  }

  button(cell, nth) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...cell.childNodes);
    button.addEventListener("click", () => this.sort(cell, nth));
    cell.append(button);
  }

  sort(cell, nth) {
    const up = cell.getAttribute("aria-sort") !== "ascending";
    for (const other of cell.parentElement.cells) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.cells[nth].dataset.value ?? row.cells[nth].textContent.trim();
    this.rows.sort((a, b) => (up ? 1 : -1) * order.compare(value(a), value(b)));
    this.table.tBodies[0].append(...this.rows);
  }

  box() {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const told = document.createElement("span");
    label.className = "narrow-down";
    label.append("Show only rows with");
    input.type = "search";
    told.setAttribute("role", "status");
    told.className = "label";
    label.append(input, told);
    input.addEventListener("input", () => this.narrow(input.value, told));
    this.prepend(label);
  }

  narrow(words, told) {
    const wanted = words.trim().toLocaleLowerCase();
    for (const row of this.rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
    const left = this.rows.filter((row) => !row.hidden).length;
    told.textContent = wanted ? `${left} of ${this.rows.length} rows` : "";
  }
}

customElements.define("fairgo-table", SortedTable);
