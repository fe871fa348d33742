// Builds the page's elements. Text from a server only ever becomes a text node here, never markup.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set([
  "checked",
  "className",
  "disabled",
  "hidden",
  "htmlFor",
  "id",
  "max",
  "min",
  "multiple",
  "name",
  "open",
  "placeholder",
  "rows",
  "selected",
  "spellcheck",
  "step",
  "tabIndex",
  "type",
  "value",
  "autocomplete",
]);
const ATTRIBUTES =
  /^(aria-[a-z]+|role|for|lang|dir|colspan|scope|title|accept|download|start|rel|method)$/;

/**
 * Return an address that may stand in a link: a place in the page, of this server, or http(s). Null
 * otherwise.
 *
 * An IRI may be `javascript:...`; a link to it would run it.
 */
export function safeAddress(address) {
  if (address.startsWith("#") || /^\/(?!\/)/.test(address)) return address;
  try {
    const { protocol } = new URL(address);
    return protocol === "http:" || protocol === "https:" || protocol === "blob:" ? address : null;
  } catch {
    return null;
  }
}

/**
 * Build an element.
 *
 * `properties` may hold `href` (dropped where it is unsafe), `data` (an object of data-* values),
 * `on` (an object of listeners), the properties and attributes named above; others are refused, for
 * they may carry code. Children are nodes, strings, numbers or null (left out), in nested lists.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on")
      for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "href") {
      const address = safeAddress(value);
      if (address !== null) element.setAttribute("href", address);
    } else if (PROPERTIES.has(name)) element[name] = value;
    else if (ATTRIBUTES.test(name)) element.setAttribute(name, value === true ? "" : value);
    else throw new TypeError(`el: unknown property ${name}`);
  }
  element.append(...kept(children));
  return element;
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...kept(children));
  return element;
}

function kept(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false);
}

const ICONS = {
  sun: "M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7 1.4-1.4M4.9 19.1l1.4-1.4m0-11.4L4.9 4.9m14.2 14.2-1.4-1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
  moon: "M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18m0-4 5.5 2M12 12h9M12 7l7.5 0",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  right: "m9 6 6 6-6 6",
  down: "M12 4v12m-5-5 5 5 5-5M5 20h14",
  warning:
    "M12 9v4m0 3.5v.5M10.3 4.3 2.9 17.5A2 2 0 0 0 4.6 20.5h14.8a2 2 0 0 0 1.7-3L13.7 4.3a2 2 0 0 0-3.4 0Z",
};

/**
 * Return one of the page's icons, hidden from screen readers: the control that holds it has a name
 * of its own.
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Return a bar of a share from 0 to 1. What it shows is also said in words beside it. */
export function bar(share, className = "") {
  const filled = el("span", { className: "bar-filled" });
  filled.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return el("span", { className: `bar ${className}`, "aria-hidden": "true" }, filled);
}

let last = 0;

/** Return an id that no other element has. */
export function freshId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}
