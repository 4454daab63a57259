(() => {
  "use strict";
  const LEAST = 24, USUAL = 11, MOST = 14;
  const root = document.documentElement, questions = [...document.querySelectorAll(".question")];
  if (!questions.length) return;
  // Every open chart and picture of a question has a slide of its own below the question and its answer.
  const slides = questions.flatMap((question) => {
    const figures = [...question.querySelectorAll("figure:is(.chart, .picture)")].filter((figure) => !figure.closest("details"));
    return (figures.length ? figures : [null]).map((figure) => ({ question, figure }));
  });
  let at = -1;
  // Letters are as large on the wall as there is room for in the drawing, which takes what the texts leave.
  const fit = () => {
    const svg = slides[at]?.figure?.querySelector(".usual svg");
    if (!svg || !root.classList.contains("slides")) return;
    const scale = svg.getScreenCTM().d;
    svg.style.setProperty("--letters", `${Math.min(MOST, Math.max(USUAL, (LEAST + 0.1) / scale))}px`);
  };
  const go = (number) => {
    at = Math.max(0, Math.min(slides.length - 1, number));
    root.classList.add("slides");
    document.querySelectorAll(".shown").forEach((one) => one.classList.remove("shown"));
    slides[at].question.classList.add("shown");
    slides[at].figure?.classList.add("shown");
    scrollTo(0, 0);
    fit();
  };
  const leave = () => {
    if (!root.classList.contains("slides")) return;
    root.classList.remove("slides");
    slides[at].question.scrollIntoView();
  };
  const nearest = () => {
    const passed = questions.filter((question) => question.getBoundingClientRect().top < 200).length;
    return slides.findIndex(({ question }) => question === questions[Math.max(0, passed - 1)]);
  };
  addEventListener("resize", fit);
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
