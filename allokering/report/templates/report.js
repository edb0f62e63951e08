"use strict";
// Everything here is convenience: without it the report reads, links and prints just the same.

const language = () => document.documentElement.lang;

function onLanguage(act) {
  act();
  document.addEventListener("language", act);
}

for (const radio of document.querySelectorAll("input[name=language]")) {
  radio.addEventListener("change", () => {
    document.documentElement.lang = radio.value;
    document.dispatchEvent(new Event("language"));
  });
}

onLanguage(() => {
  for (const option of document.querySelectorAll("option[data-nb]")) {
    option.textContent = option.dataset[language()];
  }
});

// Text as it is read: a copy without the other language.
function textOf(element) {
  const other = `[lang]:not([lang=${language()}])`;
  if (!element.querySelector("[lang]")) return element.textContent;
  const copy = element.cloneNode(true);
  for (const unread of copy.querySelectorAll(other)) unread.remove();
  return copy.textContent;
}

function orderOf(cell, isNumber) {
  const text = cell.dataset.order ?? textOf(cell).trim();
  if (!isNumber && cell.dataset.order === undefined) return text;
  if (text === "") return -Infinity;
  const number = Number(text.replace(/\s/g, "").replace("\u2212", "-"));
  return Number.isNaN(number) ? text : number;
}

function compared(first, second) {
  if (typeof first === "number" && typeof second === "number") return Math.sign(first - second) || 0;
  return String(first).localeCompare(String(second), language(), { numeric: true });
}

// Laying out thousands of rows takes seconds: the first of them are shown, until all are asked for or printed.
const MOST_ROWS = 500;

class Rows {
  constructor(block) {
    this.body = block.querySelector("tbody");
    this.rows = [...this.body.rows];
    this.words = [];
    this.isWhole = false;
    this.tools = block.querySelector(".tools");
    this.show();
  }

  sort(place, isNumber, sign) {
    const keyed = this.rows.map((row) => [orderOf(row.cells[place], isNumber), row]);
    keyed.sort((first, second) => sign * compared(first[0], second[0]));
    this.rows = keyed.map((pair) => pair[1]);
    this.body.append(...this.rows);
    this.show();
  }

  matches(row) {
    if (this.words.length === 0) return true;
    const text = textOf(row).toLocaleLowerCase();
    return this.words.every((word) => text.includes(word));
  }

  show() {
    let count = 0;
    for (const row of this.rows) {
      row.hidden = !this.matches(row);
      count += row.hidden ? 0 : 1;
      row.classList.toggle("beyond", count > MOST_ROWS && !this.isWhole);
    }
    if (!this.tools) return;
    this.tools.querySelector("output b").textContent = count;
    this.tools.querySelector("button").hidden = count <= MOST_ROWS || this.isWhole;
  }
}

function makeSortable(block, rows) {
  const heads = [...block.querySelector("thead tr").cells];
  heads.forEach((head, place) => {
    if (head.classList.contains("picture")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction);
      rows.sort(place, head.classList.contains("n"), direction === "ascending" ? 1 : -1);
    });
  });
}

function makeFilterable(block, rows) {
  const tools = block.querySelector(".tools");
  if (!tools) return;
  const input = tools.querySelector("input");
  input.addEventListener("input", () => {
    rows.words = input.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    rows.show();
  });
  document.addEventListener("language", () => rows.show());
  tools.querySelector("button").addEventListener("click", () => {
    rows.isWhole = true;
    rows.show();
  });
  tools.hidden = false;
}

for (const block of document.querySelectorAll(".table")) {
  const rows = new Rows(block);
  makeSortable(block, rows);
  makeFilterable(block, rows);
}

function makeMap(figure) {
  const layers = JSON.parse(document.getElementById("atlas-data").textContent);
  const places = [...figure.querySelectorAll(".place")];
  const reading = figure.querySelector(".reading");
  const chosen = () => figure.querySelector("input[name=layer]:checked").value;
  const period = figure.querySelector("select");
  const value = (number) => layers[chosen()].values[number][period.value];
  const draw = () => {
    figure.dataset.layer = chosen();
    const { limits } = layers[chosen()];
    places.forEach((place, number) => {
      const amount = value(number);
      const colour = amount === null ? "unknown" : `c${limits.filter((limit) => amount > limit).length}`;
      place.setAttribute("class", `place ${colour}`);
    });
    reading.textContent = "";
  };
  const read = (number) => {
    const amount = value(number);
    const name = places[number].querySelector("title").textContent;
    const unit = chosen() === "lists" ? "" : "\u202f%";
    reading.textContent = amount === null ? name : `${name}: ${amount.toLocaleString(language())}${unit}`;
  };
  figure.addEventListener("change", draw);
  places.forEach((place, number) => place.addEventListener("mouseenter", () => read(number)));
  figure.querySelector(".controls").hidden = false;
}

const map = document.getElementById("atlas");
if (map) makeMap(map);

// A page that is opened is where reading goes on.
const title = document.title;
function turnPage() {
  const page = document.querySelector(".page:target");
  document.querySelector("main").classList.toggle("turned", page !== null);
  document.title = page ? `${page.querySelector("h1").textContent} – ${title}` : title;
  if (page) {
    page.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}
window.addEventListener("hashchange", turnPage);
turnPage();

const print = document.getElementById("print");
print.addEventListener("click", () => window.print());
print.hidden = false;
