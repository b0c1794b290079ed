// The page of the what-if notebook: it shows what Python tells, and tells Python what is done.
// Plain JavaScript without a build step; nothing is loaded from anywhere; texts are set as text.

let views = 0;

/** An element with attributes or properties, and children. */
function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue;
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  // Keys pressed here are not for the notebook, whose shortcuts move its cells and cut them.
  // JupyterLab looks for this at what has the focus first.
  if (element.tabIndex >= 0) element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const unseen = (text) => make("span", { className: "wi-unseen" }, text);

function render({ model, el }) {
  const page = new Page(model, `wi${(views += 1)}`);
  el.append(page.root);
  return () => page.close();
}

class Page {
  constructor(model, id) {
    this.model = model;
    this.id = id;
    this.heard = [];
    this.sections = [
      new Head(this),
      new Bar(this),
      new Answer(this),
      new Controls(this),
      new Comparison(this),
      new Files(this),
      new Pictures(this),
    ];
    const elements = this.sections.map((section) => section.element);
    this.root = make("div", { className: "wi" }, ...elements);
    this.root.setAttribute("role", "region");
    this.root.setAttribute("aria-label", "What if");
  }

  get(name) {
    return this.model.get(name);
  }

  ask(what, more = {}) {
    this.model.send({ do: what, ...more });
  }

  /** Call back now, and whenever one of these changes. */
  on(names, callback) {
    for (const name of names) {
      this.model.on(`change:${name}`, callback);
      this.heard.push([`change:${name}`, callback]);
    }
    callback();
  }

  close() {
    for (const [event, callback] of this.heard) this.model.off(event, callback);
    for (const section of this.sections) section.close?.();
  }
}

/** What is explored, in a line. */
class Head {
  constructor(page) {
    this.title = make("h2", { className: "wi-title" });
    this.words = make("p", { className: "wi-words" });
    this.element = make("div", { className: "wi-head" }, this.title, this.words);
    page.on(["setting", "moves"], () => {
      const moves = page.get("moves");
      this.title.textContent = `What if: ${page.get("setting").portfolio}`;
      const moved = moves.count === 1 ? "1 move" : `${moves.count} moves`;
      this.words.textContent = moves.count ? `${moved}: ${moves.words}` : moves.words;
    });
  }
}

/** Solve, stop, keep, undo, move back; and what is going on. */
class Bar {
  constructor(page) {
    const button = (words, act, kind = "") =>
      make("button", { type: "button", className: `wi-button ${kind}`, onclick: act }, words);
    this.page = page;
    this.solve = button("Solve", () => page.ask("solve"), "wi-first");
    this.stop = button("Stop", () => page.ask("stop"));
    this.keep = button("Keep for comparison", () => page.ask("keep"));
    this.undo = button("Undo", () => page.ask("undo"));
    this.reset = button("Move all back", () => page.ask("reset"));
    this.words = make("span", { className: "wi-status-words", role: "status" });
    this.words.setAttribute("aria-live", "polite");
    this.time = make("span", { className: "wi-time" });
    this.time.setAttribute("aria-hidden", "true");
    this.stale = make("p", { className: "wi-stale" });
    this.notice = make("p", { className: "wi-notice", role: "status" });
    this.notice.setAttribute("aria-live", "polite");
    const buttons = [this.solve, this.stop, this.keep, this.undo, this.reset];
    this.element = make(
      "div",
      { className: "wi-bar" },
      make("div", { className: "wi-buttons" }, ...buttons),
      make("p", { className: "wi-status" }, this.words, this.time),
      this.stale,
      this.notice,
    );
    page.on(["status"], () => this.show());
    page.on(["moves", "result", "status"], () => {
      const moves = page.get("moves");
      const solved = Object.keys(page.get("result").rows ?? {}).length > 0;
      this.stale.textContent =
        moves.stale && solved && !page.get("status").busy
          ? "What you see below is the plan before your last moves. Solve to see the new one."
          : "";
      this.undo.disabled = !moves.undoable;
      this.reset.disabled = !moves.count;
      this.keep.disabled = !solved;
    });
    page.on(["notice"], () => {
      const notice = page.get("notice");
      this.notice.textContent = notice.words ?? "";
      this.notice.classList.toggle("wi-bad", Boolean(notice.bad));
    });
  }

  show() {
    const status = this.page.get("status");
    this.words.textContent = status.words ?? "";
    this.words.classList.toggle("wi-bad", Boolean(status.bad));
    this.element.classList.toggle("wi-busy", Boolean(status.busy));
    const focused = document.activeElement;
    this.solve.disabled = Boolean(status.busy);
    this.stop.disabled = !status.busy;
    // A button that is switched off under the fingers would lose the place on the page.
    if (focused === this.solve && status.busy) this.stop.focus();
    if (focused === this.stop && !status.busy) this.solve.focus();
    if (status.busy && !this.timer) {
      const began = Date.now();
      const tick = () => {
        const seconds = Math.round((Date.now() - began) / 1000);
        this.time.textContent = `${seconds} s of at most ${Math.round(this.page.get("status").limit)} s`;
      };
      tick();
      this.timer = setInterval(tick, 1000);
    }
    if (!status.busy) this.close();
  }

  close() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.time.textContent = "";
  }
}

/** The plan in four figures, or why there is none. */
class Answer {
  constructor(page) {
    this.element = make("section", { className: "wi-answer" });
    this.element.setAttribute("aria-label", "The plan in short");
    page.on(["result"], () => {
      const result = page.get("result");
      const cards = (result.cards ?? []).map((card) =>
        make(
          "div",
          { className: "wi-card" },
          make("p", { className: "wi-figure" }, card.figure),
          make("p", {}, card.words),
        ),
      );
      const solved = Object.keys(result.rows ?? {}).length > 0;
      const list = (items) => make("ul", {}, ...items.map((item) => make("li", {}, ...item)));
      const obstacles = (result.obstacles ?? []).map(({ words, rules }) =>
        rules.length ? [words, list(rules.map((rule) => [rule]))] : [words],
      );
      this.element.replaceChildren(
        ...(solved ? [] : [make("h3", {}, result.headline ?? "")]),
        ...(cards.length ? [make("div", { className: "wi-cards" }, ...cards)] : []),
        ...(obstacles.length
          ? [make("div", { className: "wi-obstacles" }, list(obstacles))]
          : []),
      );
    });
  }
}

/** Sliders beside the table of projects. */
class Controls {
  constructor(page) {
    this.sliders = new Sliders(page);
    this.projects = new Projects(page);
    this.element = make(
      "div",
      { className: "wi-grid" },
      this.sliders.element,
      this.projects.element,
    );
  }
}

/** Money and people. */
class Sliders {
  constructor(page) {
    this.page = page;
    this.element = make("section", { className: "wi-sliders" });
    this.element.setAttribute("aria-label", "Money and people");
    this.all = [];
    page.on(["setting"], () => this.build());
    page.on(["moves"], () => this.all.forEach((slider) => slider.show()));
  }

  build() {
    const { funds, roles, most_money: most } = this.page.get("setting");
    const money = (fund) => ({
      name: fund.name,
      least: 0,
      most,
      step: 1,
      given: 100,
      moved: () => this.page.get("moves").money[fund.id],
      words: (percent) => `${percent} %`,
      note: (percent) => this.amount(fund, percent),
      move: (percent) => this.page.ask("money", { fund: fund.id, percent }),
    });
    const all = {
      name: "All money",
      least: 0,
      most,
      step: 1,
      given: 100,
      moved: () => {
        const moved = funds.map((fund) => this.page.get("moves").money[fund.id] ?? 100);
        return moved.every((percent) => percent === moved[0]) ? moved[0] : undefined;
      },
      differs: () => {
        const { money } = this.page.get("moves");
        return new Set(funds.map((fund) => money[fund.id] ?? 100)).size > 1;
      },
      words: (percent) => `${percent} %`,
      note: () => "moves every fund",
      move: (percent) => this.page.ask("money", { fund: "", percent }),
    };
    const people = (role) => ({
      name: role.name,
      least: role.least,
      most: role.most,
      step: 0.5,
      given: 0,
      moved: () => this.page.get("moves").people[role.id],
      words: (fte) => (fte ? `${fte > 0 ? "+" : "−"}${Math.abs(fte)} FTE` : "as given"),
      note: () => `has ${role.words}`,
      move: (fte) => this.page.ask("people", { role: role.id, fte }),
    });
    const needed = roles.filter((role) => role.needed);
    const moneys = [...(funds.length > 1 ? [all] : []), ...funds.map(money)];
    this.all = [...moneys, ...needed.map(people)].map(
      (given, number) => new Slider(given, `${this.page.id}-s${number}`),
    );
    const rows = this.all.map((slider) => slider.element);
    this.element.replaceChildren(
      make("h3", {}, "Money"),
      make("div", { className: "wi-slider-list" }, ...rows.slice(0, moneys.length)),
      ...(needed.length ? [make("h3", {}, "People, in every period")] : []),
      make("div", { className: "wi-slider-list" }, ...rows.slice(moneys.length)),
    );
  }

  /** Of a fund at a share of its money: the amount, to as many digits as the fund is told in. */
  amount(fund, percent) {
    const part = /^(.*?)([\d.,]+)(.*)$/.exec(fund.words);
    if (percent === 100 || !part) return `given ${fund.words}`;
    const whole = Number(part[2].replaceAll(",", ""));
    const scaled = (whole * percent) / 100;
    const words = scaled.toLocaleString("en", { maximumFractionDigits: 1 });
    return `about ${part[1]}${words}${part[3]}, given ${fund.words}`;
  }
}

class Slider {
  constructor(given, id) {
    this.given = given;
    this.input = make("input", { type: "range", id, min: given.least, max: given.most });
    this.input.step = given.step;
    this.output = make("output", { className: "wi-output" });
    this.output.setAttribute("for", id);
    this.note = make("small", { id: `${id}-note` });
    this.input.setAttribute("aria-describedby", `${id}-note`);
    this.element = make(
      "div",
      { className: "wi-slider" },
      make("label", { htmlFor: id }, given.name),
      this.output,
      this.input,
      this.note,
    );
    this.input.oninput = () => this.say(Number(this.input.value));
    this.input.onchange = () => given.move(Number(this.input.value));
    this.show();
  }

  show() {
    const moved = this.given.moved();
    this.element.classList.toggle("wi-moved", moved !== undefined && moved !== this.given.given);
    // What is being dragged is not pulled away.
    if (this.input.matches(":active")) return;
    this.input.value = moved ?? this.given.given;
    const value = moved ?? this.given.given;
    this.say(value, this.given.differs?.() ? "differs by fund" : this.given.words(value));
  }

  say(value, words = this.given.words(value)) {
    this.output.textContent = words;
    this.note.textContent = this.given.note(value);
    this.input.setAttribute("aria-valuetext", words);
  }
}

const SHOWN = {
  all: ["All projects", () => true],
  in: ["In the plan", (row) => row.result?.selected],
  out: ["Left out", (row) => row.result && !row.result.selected],
  moved: ["Moved here", (row) => row.moved()],
};

/** The table of projects, each with a switch and an earliest start. */
class Projects {
  constructor(page) {
    this.page = page;
    this.rows = [];
    this.order = { column: null, down: false };
    this.search = make("input", { type: "search", placeholder: "Find a project" });
    this.search.setAttribute("aria-label", "Find a project");
    this.search.oninput = () => this.filter();
    this.shown = make("select", {});
    this.shown.setAttribute("aria-label", "Which projects to show");
    for (const [value, [words]] of Object.entries(SHOWN))
      this.shown.append(make("option", { value }, words));
    this.shown.onchange = () => this.filter();
    this.count = make("span", { className: "wi-count", role: "status" });
    this.body = make("tbody");
    this.heads = make("tr");
    const table = make(
      "table",
      {},
      make("caption", { className: "wi-unseen" }, "Projects, with a switch for each"),
      make("thead", {}, this.heads),
      this.body,
    );
    const scroll = make("div", { className: "wi-scroll", tabIndex: 0 }, table);
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", "Table of projects");
    this.element = make(
      "section",
      { className: "wi-projects" },
      make("h3", {}, "Projects"),
      make("div", { className: "wi-find" }, this.search, this.shown, this.count),
      scroll,
    );
    page.on(["setting"], () => this.build());
    page.on(["result"], () => this.each((row) => row.tell(page.get("result").rows?.[row.id])));
    page.on(["moves"], () => this.each((row) => row.show()));
  }

  each(act) {
    this.rows.forEach(act);
    this.filter();
  }

  build() {
    const { projects, valued } = this.page.get("setting");
    const columns = [
      ["Project", (row) => row.project.name.toLowerCase()],
      ...(valued ? [["Value", (row) => row.project.value, "wi-number"]] : []),
      ["Cost", (row) => row.project.cost, "wi-number"],
      ["Status", (row) => row.status.textContent],
      ["Switch", (row) => row.wanted()],
    ];
    this.heads.replaceChildren(
      ...columns.map(([words, key, kind]) => {
        const arrow = make("span", { className: "wi-arrow" });
        arrow.setAttribute("aria-hidden", "true");
        const sort = () => this.sort(words, key);
        const button = make("button", { type: "button", onclick: sort }, words, arrow);
        const head = make("th", { scope: "col", className: kind ?? "" }, button);
        head.dataset.column = words;
        return head;
      }),
    );
    this.rows = projects.map((project, number) => new Row(this.page, project, number, valued));
    this.body.replaceChildren(...this.rows.map((row) => row.element));
    this.order = { column: null, down: false };
    this.each((row) => row.tell(this.page.get("result").rows?.[row.id]));
  }

  sort(column, key) {
    if (!this.rows.length) return;
    const numbers = typeof key(this.rows[0]) === "number";
    const again = this.order.column === column;
    const down = again ? !this.order.down : numbers;
    this.order = { column, down };
    const sorted = [...this.rows].sort((one, other) => {
      const [a, b] = [key(one), key(other)];
      return (a < b ? -1 : a > b ? 1 : one.number - other.number) * (down ? -1 : 1);
    });
    this.body.append(...sorted.map((row) => row.element));
    for (const head of this.heads.children) {
      const mine = head.dataset.column === column;
      if (mine) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
      head.querySelector(".wi-arrow").textContent = mine ? (down ? " ▼" : " ▲") : "";
    }
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    const fits = SHOWN[this.shown.value][1];
    let count = 0;
    for (const row of this.rows) {
      const here = row.text.includes(wanted) && fits(row);
      row.element.hidden = !here;
      count += here ? 1 : 0;
    }
    this.count.textContent = `${count} of ${this.rows.length}`;
  }
}

const SWITCH = { auto: "Auto", in: "In", out: "Out" };

class Row {
  constructor(page, project, number, valued) {
    this.page = page;
    this.project = project;
    this.id = project.id;
    this.number = number;
    this.text = `${project.id} ${project.name} ${project.programme}`.toLowerCase();
    this.status = make("span", { className: "wi-decision" });
    this.when = make("span", { className: "wi-when" });
    this.reason = make("span");
    const why = make("p", { className: "wi-reason" }, this.reason);
    const about = [project.id, project.programme].filter(Boolean).join(" · ");
    this.element = make(
      "tr",
      {},
      make("th", { scope: "row" }, project.name, make("small", {}, about)),
      valued ? make("td", { className: "wi-number" }, project.value_words) : null,
      make("td", { className: "wi-number" }, project.cost_words),
      make("td", { className: "wi-told" }, this.status, " ", this.when, why),
      make("td", { className: "wi-choice" }, this.buildSwitch(), this.buildStart()),
    );
    this.element.dataset.project = project.id;
    this.show();
  }

  /** Three radio buttons in one: a stop for the tab key, arrows between them. */
  buildSwitch() {
    this.buttons = {};
    if (!this.project.switch) return unseen("no choice");
    const group = make("div", { className: "wi-switch", role: "radiogroup" });
    group.setAttribute("aria-label", `${this.project.name}: in or out`);
    for (const [value, words] of Object.entries(SWITCH)) {
      const input = make("input", { type: "radio", value, name: `${this.page.id}-${this.number}` });
      input.onchange = () => this.page.ask("force", { project: this.id, to: value });
      this.buttons[value] = input;
      group.append(make("label", {}, input, make("span", {}, words)));
    }
    return group;
  }

  buildStart() {
    if (!this.project.movable) return null;
    this.start = make("select", { className: "wi-start" });
    this.start.setAttribute("aria-label", `${this.project.name}: earliest start`);
    // All periods for all projects would be many; each list is filled when it is needed.
    const fill = () => this.fill(this.page.get("setting").periods);
    this.start.onfocus = fill;
    this.start.onpointerdown = fill;
    this.start.onchange = () =>
      this.page.ask("start", { project: this.id, period: this.start.value });
    return make("div", { className: "wi-from" }, "from ", this.start);
  }

  fill(periods) {
    if (this.filled) return;
    this.filled = true;
    const known = new Set(periods.map((period) => period.label));
    const own = this.project.earliest;
    const others = own && !known.has(own) ? [{ label: own, words: own }] : [];
    const options = [{ label: "", words: "any period" }, ...others, ...periods];
    const now = this.earliest();
    this.start.replaceChildren(
      ...options.map(({ label, words }) => make("option", { value: label }, words)),
    );
    this.start.value = now;
  }

  wanted() {
    return this.page.get("moves").forced[this.id] ?? this.project.force;
  }

  earliest() {
    return this.page.get("moves").starts[this.id] ?? this.project.earliest;
  }

  moved() {
    const { forced, starts } = this.page.get("moves");
    return this.id in forced || this.id in starts;
  }

  show() {
    const wanted = this.wanted();
    if (this.buttons[wanted]) this.buttons[wanted].checked = true;
    this.element.classList.toggle("wi-moved", this.moved());
    if (!this.start) return;
    const earliest = this.earliest();
    if (![...this.start.options].some((option) => option.value === earliest)) {
      const period = this.page.get("setting").periods.find(({ label }) => label === earliest);
      const words = earliest ? (period?.words ?? earliest) : "any period";
      this.start.append(make("option", { value: earliest }, words));
    }
    this.start.value = earliest;
  }

  tell(result) {
    this.result = result;
    const words = result?.words ?? this.project.stage;
    this.status.textContent = words;
    this.status.className = `wi-decision wi-${result?.decision ?? "none"}`;
    this.when.textContent = result?.selected && result.start ? result.start : "";
    this.reason.textContent = result && !result.selected ? result.reason : "";
    this.reason.title = this.reason.textContent;
  }
}

/** Kept plans and the last one, side by side. */
class Comparison {
  constructor(page) {
    this.element = make("section", { className: "wi-comparison" });
    this.element.setAttribute("aria-label", "Plans side by side");
    page.on(["comparison"], () => {
      const { labels = [], kept = 0, measures = [], differences = [] } = page.get("comparison");
      if (!labels.length) {
        this.element.replaceChildren();
        return;
      }
      const drop = (label) => {
        const act = () => page.ask("drop", { label });
        const button = make("button", { type: "button", className: "wi-drop", onclick: act }, "×");
        button.setAttribute("aria-label", `Keep no longer: ${label}`);
        return button;
      };
      const heads = labels.map((label, number) =>
        make("th", { scope: "col" }, label, number < kept ? drop(label) : null),
      );
      const rows = measures.map(({ name, cells }) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, name),
          ...cells.map((cell) => make("td", {}, cell)),
        ),
      );
      const differing = make(
        "tr",
        { className: "wi-differs" },
        make("th", { scope: "row" }, `Beside ${labels[0]}`),
        make("td", {}),
        ...differences.map(({ lines }) =>
          make("td", {}, ...lines.map((line) => make("p", {}, line))),
        ),
      );
      const table = make(
        "table",
        {},
        make("caption", { className: "wi-unseen" }, "Plans side by side"),
        make("thead", {}, make("tr", {}, make("td", {}), ...heads)),
        make("tbody", {}, ...rows, ...(differences.length ? [differing] : [])),
      );
      const scroll = make("div", { className: "wi-scroll", tabIndex: 0 }, table);
      scroll.setAttribute("role", "group");
      scroll.setAttribute("aria-label", "Table of plans");
      this.element.replaceChildren(make("h3", {}, "Plans side by side"), scroll);
    });
  }
}

/** The pictures of the plan. */
class Pictures {
  constructor(page) {
    this.addresses = [];
    this.element = make("section", { className: "wi-pictures" });
    this.element.setAttribute("aria-label", "Pictures of the plan");
    page.on(["pictures"], () => {
      this.close();
      const figures = page.get("pictures").map(({ svg, alt, note }) => {
        // As a picture, whatever stands in it is drawn and never run.
        const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
        this.addresses.push(address);
        const words = note ? make("figcaption", {}, note) : null;
        return make("figure", {}, make("img", { src: address, alt }), words);
      });
      this.element.replaceChildren(...figures);
    });
  }

  close() {
    this.addresses.forEach((address) => URL.revokeObjectURL(address));
    this.addresses = [];
  }
}

/** Scenario files, loaded and saved. */
class Files {
  constructor(page) {
    const id = (name) => `${page.id}-${name}`;
    const labelled = (words, input, kind = "") => {
      const label = make("label", { htmlFor: input.id }, words);
      return make("div", { className: `wi-field ${kind}` }, label, input);
    };
    const choice = make("select", { id: id("file") });
    choice.onfocus = () => page.ask("look");
    const load = make("button", { type: "button", className: "wi-button" }, "Load");
    load.onclick = () => page.ask("load", { path: choice.value });
    const name = make("input", { type: "text", id: id("name"), maxLength: 80 });
    const title = make("input", { type: "text", id: id("title"), maxLength: 200 });
    const replace = make("input", { type: "checkbox", id: id("replace") });
    const act = () =>
      page.ask("save", { name: name.value, title: title.value, overwrite: replace.checked });
    const save = make("button", { type: "button", className: "wi-button", onclick: act }, "Save");
    for (const input of [name, title]) input.onkeydown = ({ key }) => key === "Enter" && act();
    const form = make(
      "div",
      { className: "wi-form" },
      labelled("Save as", name),
      labelled("Title on reports", title, "wi-wide"),
      make(
        "div",
        { className: "wi-field wi-check" },
        replace,
        make("label", { htmlFor: replace.id }, "Replace a file of that name"),
      ),
      save,
    );
    this.element = make(
      "section",
      { className: "wi-files" },
      make("h3", {}, "Scenario files"),
      make("div", { className: "wi-form" }, labelled("Load", choice), load),
      form,
    );
    this.element.setAttribute("aria-label", "Scenario files");
    page.on(["files"], () => {
      const chosen = choice.value;
      const files = page.get("files");
      choice.replaceChildren(
        ...files.map(({ path, name: called, folder }) =>
          make("option", { value: path }, `${called} (${folder})`),
        ),
      );
      if (files.some(({ path }) => path === chosen)) choice.value = chosen;
      load.disabled = !files.length;
    });
    page.on(["moves"], () => {
      title.placeholder = page.get("moves").title;
    });
  }
}

export default { render };
