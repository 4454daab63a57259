(() => {
  "use strict";
  const root = document.documentElement, slides = [...document.querySelectorAll(".question")];
  if (!slides.length) return;
  let at = -1;
  const go = (number) => {
    at = Math.max(0, Math.min(slides.length - 1, number));
    root.classList.add("slides");
    slides.forEach((slide, index) => slide.classList.toggle("shown", index === at));
    scrollTo(0, 0);
  };
  const leave = () => {
    if (!root.classList.contains("slides")) return;
    root.classList.remove("slides");
    slides[at].scrollIntoView();
  };
  const nearest = () => Math.max(0, slides.filter((slide) => slide.getBoundingClientRect().top < 200).length - 1);
  document.getElementById("project")?.addEventListener("click", () => go(nearest()));
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const on = root.classList.contains("slides");
    if (event.key === "p") on ? leave() : go(nearest());
    else if (!on) return;
    else if (event.key === "Escape") leave();
    else if (event.key === "ArrowRight" || event.key === "PageDown") go(at + 1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") go(at - 1);
    else return;
    event.preventDefault();
  });
})();
