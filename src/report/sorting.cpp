#include "report/sorting.h"

namespace foldwave::report {

// A cell is ordered by the value of its <data>, where it has one, else by its text, or what number that begins with;
// what has no value comes last in both directions.
const char* const sorting_script = R"js(
"use strict";
const words = new Intl.Collator(undefined, {numeric: true});
function keyOf(cell) {
  const data = cell.querySelector("data");
  const text = cell.textContent.trim();
  if (!data) return cell.classList.contains("n") ? parseFloat(text) : text;
  return data.value === "" ? NaN : Number(data.value);
}
function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : words.compare(a, b);
}
function sort(table, column, falling) {
  const rows = Array.from(table.tBodies[0].rows, row => ({row, key: keyOf(row.cells[column])}));
  const isNothing = key => key === "" || key === "-" || Number.isNaN(key);
  rows.sort((a, b) => isNothing(a.key) || isNothing(b.key) ? isNothing(a.key) - isNothing(b.key)
                      : falling ? compare(b.key, a.key) : compare(a.key, b.key));
  const sorted = document.createDocumentFragment();
  for (const {row} of rows) sorted.append(row);
  table.tBodies[0].append(sorted);
}
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      sort(table, column, falling);
    });
  });
}
)js";

const char* const sorting_script_hash = "lYnmFKaCJq84AhHkoiK8fjJZtWgB9LifE0UN/6U+pO0=";

}  // namespace foldwave::report
