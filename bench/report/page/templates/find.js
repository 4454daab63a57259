(() => {
  "use strict";
  const box = document.getElementById("find"), list = document.getElementById("matches");
  if (!box) return;
  const words = (element) => element.textContent.replace(/\s+/g, " ").replace("¶", "").trim();
  const known = [];
  const know = (selector, place, name) => document.querySelectorAll(selector).forEach((element) => {
    const target = element.closest(place);
    if (target?.id) known.push({ id: target.id, text: `${name}: ${words(element)}` });
  });
  know(".question > header h2", ".question", "question");
  know("figure.chart figcaption strong", "figure", "chart");
  know(".claims tr[id] > td:first-child", "tr", "claim");

  const match = () => {
    const wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = wanted.length ? known.filter(({ text }) => wanted.every((word) => text.toLowerCase().includes(word))) : [];
    list.replaceChildren(...hits.slice(0, 40).map(({ id, text }) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `#${id}`;
      link.textContent = text;
      item.append(link);
      return item;
    }));
    if (wanted.length && !hits.length) list.append(Object.assign(document.createElement("li"), { textContent: "nothing of that name" }));
    list.hidden = !wanted.length;
  };
  const close = () => { box.value = ""; match(); box.blur(); };
  box.addEventListener("input", match);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter") { list.querySelector("a")?.click(); close(); }
  });
  list.addEventListener("click", (event) => { if (event.target.closest("a")) close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    box.focus();
  });
})();
