// What a reader would stumble over on a page, as lists of findings: empty lists are good.
() => {
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const said = (element) => (element.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, 60);
  const place = (svg) => svg.closest("figure")?.id || svg.getAttribute("class") || "svg";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const channels = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+(?:e-?\d+)?/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const over = (top, below, opacity) => top.rgb.map((value, at) => value * opacity + below[at] * (1 - opacity));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.a > 0) return colour.rgb;
    }
    return [255, 255, 255];
  };
  const contrast = (colour, element, opacity = 1) => {
    const below = ground(element), top = channels(colour);
    const [a, b] = [light(over(top, below, top.a * opacity)), light(below)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const opacity = (element) => {
    let value = 1;
    for (let at = element; at && at.localName !== "svg"; at = at.parentElement) value *= Number(getComputedStyle(at).opacity);
    return value;
  };

  const pale = new Set();
  for (const element of all("body *")) {
    if (element.closest("svg, script, style, math annotation") || !shown(element)) continue;
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    const ratio = contrast(getComputedStyle(element).color, element);
    if (ratio < 4.5) pale.add(`${element.localName}.${element.className} ${ratio.toFixed(2)}`);
  }

  const centre = (element) => {
    const box = element.getBoundingClientRect();
    return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  };
  const drawings = all("figure.chart svg").filter((svg) => svg.checkVisibility() && svg.getBoundingClientRect().width > 0);
  const cut = [], outside = [], crossed = [], bare = [], beyond = [];
  for (const svg of drawings) {
    const frame = svg.getBoundingClientRect();
    const texts = all("text", svg).filter((text) => text.textContent.trim() && shown(text));
    const boxes = texts.map((text) => ({ text, box: text.getBoundingClientRect() }));
    for (const { text, box } of boxes) {
      if (text.textContent.includes("…")) cut.push(`${place(svg)}: ${said(text)}`);
      if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2)
        outside.push(`${place(svg)}: ${said(text)} by ${Math.max(frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom).toFixed(1)} px`);
      const ratio = contrast(getComputedStyle(text).fill, svg, opacity(text));
      if (ratio < 4.5) pale.add(`${place(svg)}: text ${said(text)} ${ratio.toFixed(2)}`);
    }
    // A box of letters holds room above and below them, which may overlap that of the next line.
    boxes.forEach(({ text, box: a }, at) => boxes.slice(at + 1).forEach(({ text: other, box: b }) => {
      const high = 0.25 * Math.min(a.height, b.height);
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - high && b.top < a.bottom - high)
        crossed.push(`${place(svg)}: “${said(text)}” on “${said(other)}”`);
    }));
    for (const mark of all(".mark-line.role-mark path", svg)) {
      const style = getComputedStyle(mark), box = mark.getBoundingClientRect();
      const seen = style.stroke !== "none" && parseFloat(style.strokeWidth) > 0 && opacity(mark) > 0.15;
      // A line of one point is its dot.
      const dotted = () => all(".mark-symbol.role-mark path", svg).some((dot) => Math.hypot(centre(dot).x - box.left, centre(dot).y - box.top) < 2);
      if (!seen || (box.width === 0 && box.height === 0 && !dotted())) bare.push(`${place(svg)}: ${mark.getAttribute("d")?.slice(0, 40)}`);
      else if (contrast(style.stroke, svg, opacity(mark)) < 3) pale.add(`${place(svg)}: line ${style.stroke} ${contrast(style.stroke, svg, opacity(mark)).toFixed(2)}`);
    }
    for (const symbol of all(".mark-symbol.role-mark path", svg).filter(shown)) {
      const style = getComputedStyle(symbol), colour = /^none$|, 0\)$/.test(style.fill) ? style.stroke : style.fill;
      if (colour !== "none" && opacity(symbol) > 0 && contrast(colour, svg, opacity(symbol)) < 3) pale.add(`${place(svg)}: mark ${colour} ${contrast(colour, svg, opacity(symbol)).toFixed(2)}`);
    }
    // Living drawings keep the grounds of their panels, against which marks are held.
    for (const panel of all("path.background", svg)) {
      const plot = panel.getBoundingClientRect(), group = panel.parentElement;
      if (!group.matches(".role-scope g, g") || !plot.width || group.querySelector("path.background") !== panel || group.querySelectorAll("path.background").length > 1) continue;
      for (const mark of all(".mark-line.role-mark path, .mark-area.role-mark path, .mark-symbol.role-mark path", group).filter(shown)) {
        const box = mark.getBoundingClientRect(), slack = mark.closest(".mark-symbol") ? 7 : 2;
        if (box.left < plot.left - slack || box.right > plot.right + slack || box.top < plot.top - slack || box.bottom > plot.bottom + slack)
          beyond.push(`${place(svg)}: ${box.left - plot.left | 0} ${plot.right - box.right | 0} ${box.top - plot.top | 0} ${plot.bottom - box.bottom | 0}`);
      }
    }
  }

  const broken = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!/\d/.test(node.data) || !node.parentElement.checkVisibility() || node.parentElement.closest("svg, pre, script, .command, .files")) continue;
    for (const found of node.data.matchAll(/(?<![\w.])\d[\d.,]*(?!\w)/g)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      if (found[0].length > 2 && new Set([...range.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top))).size > 1)
        broken.push(`${said(node.parentElement)}: ${found[0]}`);
    }
  }

  const wide = all("main table, main figure, main pre, main .prose, .cards").filter((element) => element.checkVisibility()).filter((element) => {
    const own = element.getBoundingClientRect(), around = element.parentElement.getBoundingClientRect();
    return own.right > around.right + 1 && getComputedStyle(element.parentElement).overflowX === "visible";
  }).map((element) => `${element.localName}.${element.className} ${said(element)}`);

  const top = (element) => (element ? element.getBoundingClientRect().top + scrollY : -1);
  return {
    sizes: {
      height: document.documentElement.scrollHeight,
      // What is folded is not seen. A question of theory has no picture; then the small ones at a glance are the first.
      first: top(all("figure:is(.chart, .picture)", document.querySelector(".question") ?? document).find(shown) ?? document.querySelector(".thumb")),
      masthead: document.querySelector(".masthead").getBoundingClientRect().height,
      open: Math.max(0, ...all(".question").map((question) => all("figure.chart", question).filter((chart) => chart.checkVisibility()).length)),
      charts: drawings.length,
    },
    sideways: document.documentElement.scrollWidth > innerWidth ? [`${document.documentElement.scrollWidth} > ${innerWidth}`] : [],
    cut, outside, crossed, bare, beyond, broken, wide, pale: [...pale],
  };
}
