// The report's page: language, filters, links into the reading view, pictures. Nothing here asks for anything outside.
"use strict";
(() => {
  const root = document.documentElement;
  const payload = JSON.parse(document.getElementById("payload").textContent);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  let language = "de";

  // ---- language: a text is German and has its English in data-en, an attribute in data-en-NAME
  const NAMES = ["aria-label", "title", "alt"];
  const titles = { de: document.title, en: null };

  function speak(to) {
    language = to;
    root.lang = to;
    for (const node of all("[data-en]")) {
      if (node.dataset.de === undefined) node.dataset.de = node.textContent;
      node.textContent = node.dataset[to];
    }
    for (const name of NAMES) {
      for (const node of all(`[data-en-${name}]`)) {
        const kept = `data-de-${name}`;
        if (!node.hasAttribute(kept)) node.setAttribute(kept, node.getAttribute(name));
        node.setAttribute(name, node.getAttribute(`data-${to}-${name}`));
      }
    }
    document.title = payload.titles ? payload.titles[to] : titles.de;
    for (const button of all("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === to));
    try { localStorage.setItem("auszug-language", to); } catch { /* a page from the disk may not remember */ }
    filter();
    draw();
  }

  // ---- filters: entries carry year, committee, persons, factions and stance; the rest is their text
  const form = document.querySelector("#filter form");
  const entries = all("[data-f]");
  const texts = new WeakMap();
  const text = (node) => {
    if (!texts.has(node)) texts.set(node, node.textContent.toLowerCase());
    return texts.get(node);
  };
  const fits = (node, asked) => {
    const data = node.dataset;
    const has = (list, one) => one === "" || list === undefined || list.includes(` ${one} `);
    return (asked.from === "" || data.y >= asked.from) && (asked.to === "" || (data.y !== "" && data.y <= asked.to))
      && (asked.committee === "" || data.c === asked.committee) && has(data.p, asked.person) && has(data.g, asked.faction)
      && (asked.stance === "" || data.s === undefined || data.s === asked.stance)
      && (asked.text === "" || text(node).includes(asked.text));
  };
  let asked = { text: "", person: "", faction: "", committee: "", stance: "", from: "", to: "" };

  function filter() {
    if (!form) return;
    asked = Object.fromEntries(new FormData(form));
    asked.text = asked.text.trim().toLowerCase();
    const active = Object.values(asked).some((value) => value !== "");
    let shown = 0;
    for (const entry of entries) {
      const fit = !active || fits(entry, asked);
      entry.hidden = !fit;
      shown += fit;
    }
    for (const list of all("[data-list]")) {
      const note = list.nextElementSibling;
      if (note && note.classList.contains("none-left")) {
        note.hidden = all(":scope > [data-f]", list).some((entry) => !entry.hidden);
      }
    }
    for (const sentence of all(".s[data-who]")) sentence.classList.toggle("dim", asked.person !== "" && !sentence.dataset.who.includes(` ${asked.person} `));
    const number = (value) => value.toLocaleString(language);
    document.getElementById("filter").classList.toggle("active", active);
    document.getElementById("filter-state").textContent = active
      ? payload.texts[language].filter_on.replace("{n}", number(shown)).replace("{all}", number(entries.length))
      : payload.texts[language].filter_off;
    signal();
  }
  if (form) {
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
  }

  // ---- links into the reading view: what encloses the sentence is opened, and shown whatever the filter says
  function reveal() {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { /* no anchor of ours */ }
    if (!target) return;
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
      if (node.hidden) node.hidden = false;
    }
    target.scrollIntoView({ block: target.classList.contains("s") ? "center" : "start" });
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  }
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) reveal();  // the same link again
  });

  // ---- reading view and paper
  const plain = document.getElementById("plain");
  if (plain) plain.addEventListener("change", () => document.getElementById("reading").classList.toggle("plain", plain.checked));
  for (const button of all("[data-fold]")) {
    button.addEventListener("click", () => all(".excerpt").forEach((each) => { each.open = button.dataset.fold === "open"; }));
  }
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("main details:not([open])");
    closed.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));
  for (const button of all("[data-print]")) button.addEventListener("click", () => print());

  // ---- where the reader is
  const places = new Map(all(".bar nav a").map((link) => [link.getAttribute("href").slice(1), link]));
  if ("IntersectionObserver" in window) {
    const watch = new IntersectionObserver((seen) => {
      for (const entry of seen) {
        if (!entry.isIntersecting) continue;
        for (const link of places.values()) link.removeAttribute("aria-current");
        const link = places.get(entry.target.id);
        link.setAttribute("aria-current", "true");
        const list = link.closest("ul");  // on a phone the list is wider than the screen
        list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
      }
    }, { rootMargin: "-20% 0px -75% 0px" });
    all("main > section").forEach((section) => watch.observe(section));
  }

  // ---- pictures: drawn in the width that there is; a click leads to the sentence
  const views = new Map();
  let width = 0;

  function fitted(spec, space) {
    const narrow = space < 560;
    const copy = structuredClone(spec);
    copy.datasets = payload.datasets;
    const labels = narrow ? 112 : 200;
    (function adapt(node) {
      if (!node || typeof node !== "object") return;
      if (node.axis && node.axis.labelLimit) {
        Object.assign(node.axis, { labelLimit: labels - 10, minExtent: labels, maxExtent: labels, labelFontSize: narrow ? 11 : 12 });
      }
      if (node.legend && narrow) node.legend.columns = 1;
      Object.entries(node).forEach(([key, value]) => { if (key !== "datasets") adapt(value); });
    })(copy);
    if (copy.vconcat) copy.vconcat.forEach((lane) => { lane.width = Math.max(160, space - 62); });
    else copy.width = Math.max(140, space - labels - 18);
    return copy;
  }

  function signal() {
    const name = (field) => {
      const option = form && form.elements[field].selectedOptions[0];
      return option && option.value !== "" ? option.dataset.key : "";
    };
    const wanted = { f_from: asked.from, f_to: asked.to, f_committee: name("committee"), f_person: name("person"), f_faction: name("faction") };
    for (const view of views.values()) {
      for (const [key, value] of Object.entries(wanted)) view.signal(key, value);
      view.runAsync();
    }
  }

  async function draw() {
    if (typeof vegaEmbed === "undefined") return;
    for (const canvas of all("[data-picture]")) {
      const spec = payload.specs[canvas.dataset.picture][language];
      const holder = document.createElement("div");
      try {
        const made = await vegaEmbed(holder, fitted(spec, canvas.clientWidth - 14), { ast: true, actions: false, renderer: "svg" });
        const before = views.get(canvas.dataset.picture);
        if (before) before.finalize();
        views.set(canvas.dataset.picture, made.view);
        holder.querySelector("svg").setAttribute("aria-hidden", "true");  // the canvas has a name, the lists have the numbers
        canvas.replaceChildren(holder);
        made.view.addEventListener("click", (_event, item) => {
          const href = item && item.datum && item.datum.href;
          if (typeof href === "string" && href.startsWith("#")) location.hash = href;
        });
      } catch (error) {
        console.error(error);
      }
    }
    root.dataset.drawn = language;
    signal();
    for (const place of all("[data-saves]")) {
      place.replaceChildren(...["SVG", "PNG"].map((format) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = payload.texts[language].save_as.replace("{format}", format);
        button.addEventListener("click", async () => {
          const link = document.createElement("a");
          link.href = await views.get(place.dataset.saves).toImageURL(format.toLowerCase(), 2);
          link.download = `${place.dataset.saves}.${format.toLowerCase()}`;
          link.click();
        });
        return button;
      }));
    }
  }
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (innerWidth !== width) { width = innerWidth; draw(); } }, 200);
  });

  // ---- begin
  width = innerWidth;
  for (const button of all("[data-language]")) button.addEventListener("click", () => speak(button.dataset.language));
  let remembered = null;
  try { remembered = localStorage.getItem("auszug-language"); } catch { /* none */ }
  const wished = /[?&]lang=(de|en)\b/.exec(location.search);
  speak(wished ? wished[1] : remembered === "en" ? "en" : "de");
  reveal();
  root.dataset.ready = "yes";
})();
