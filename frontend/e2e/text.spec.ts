import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { base, caretAfter, openFixture, proposed, select, textOf } from "./fixture/open";

test.describe("tracked changes", () => {
  test("typing is an underlined insertion, and undo takes it away", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "the safety");
    await page.keyboard.type(" and comfort");
    await expect(page.locator(".cm-content ins", { hasText: "and comfort" })).toHaveCount(1);
    await page.keyboard.press("Control+z");
    expect(await textOf(page)).toBe(proposed);
  });

  test("struck words come before the new ones, and a struck clause stands at its place", async ({ page }) => {
    await openFixture(page);
    const line = page.locator(".cm-line", { hasText: "working groups" });
    expect(await line.evaluate((e) => [...e.querySelectorAll("del, ins")].map((c) => `${c.tagName} ${c.textContent}`))).toEqual([
      "DEL timing rules",
      "INS rhythm tables",
    ]);
    await expect(page.locator(".tc-gone")).toHaveText(/b\).*the cost of keeping lights/);
    await expect(page.locator(".bar.on")).toHaveCount(4);
  });

  test("the caret steps over struck words", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "on lamps and");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.type("X");
    expect(await textOf(page)).toContain("lamps and rXhythm tables");
  });

  test("a click on struck words offers to restore them", async ({ page }) => {
    await openFixture(page);
    await page.locator("del.tc-del", { hasText: "timing rules" }).click();
    await expect(page.getByRole("region", { name: "Selected change in noting a)" })).toContainText("timing rules");
    await page.getByRole("button", { name: "Restore adopted words" }).click();
    expect(await textOf(page)).toContain("a) that the working groups on lamps and timing rules meet");
  });

  test("a clause taken out comes back whole, a new one goes", async ({ page }) => {
    await openFixture(page);
    await page.locator(".tc-gone del").click();
    await page.getByRole("button", { name: "Put this clause back" }).click();
    expect(await textOf(page)).toContain("more than one coast;\nb) the cost of keeping lights that few ships see;\nc)");
    await caretAfter(page, "4. to invite");
    await page.getByRole("button", { name: "Take this clause out" }).click();
    expect(await textOf(page)).toMatch(/inform the keepers;$/);
  });

  test("next change walks through all and says what it is", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "# ");
    await page.keyboard.press("Alt+ArrowDown");
    await expect(page.locator("#count")).toHaveText(/^Change 1 of [56]$/);
    const all = Number((await page.locator("#count").textContent())!.split(" ").at(-1));
    await page.keyboard.press("Alt+ArrowDown");
    await expect(page.locator("#count")).toHaveText(`Change 2 of ${all}`);
    await expect(page.locator("#live")).toHaveText("Change in noting a): deleted timing rules, inserted rhythm tables");
    await page.keyboard.press("Alt+ArrowUp");
    await page.keyboard.press("Alt+ArrowUp");
    await expect(page.locator("#count")).toHaveText(`Change ${all} of ${all}`);
  });

  test("three displays", async ({ page }) => {
    await openFixture(page);
    await page.getByRole("button", { name: "As proposed" }).click();
    await expect(page.locator("#text del, #text ins, #text .bar.on")).toHaveCount(0);
    await page.getByRole("button", { name: "Adopted text" }).click();
    const box = page.getByRole("textbox", { name: /read only/ });
    await expect(box).toContainText("timing rules");
    await box.click();
    await page.keyboard.type("zzz");
    await expect(box).not.toContainText("zzz");
    await page.keyboard.press("Control+Alt+1");
    await expect(page.locator("#text del").first()).toBeVisible();
  });

  test("a text without changes says so", async ({ page }) => {
    await openFixture(page, { doc: base });
    await expect(page.locator("#count")).toHaveText("No changes yet");
    await expect(page.getByText("No changes yet. Type anywhere.")).toBeVisible();
  });

  test("one clause is compared for each key", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "the safety");
    const compared = () => page.evaluate(() => window.compared!());
    const before = await compared();
    await page.keyboard.type("abc", { delay: 20 });
    expect((await compared()) - before).toBe(3);
  });
});

test.describe("clauses", () => {
  test("Enter opens the next clause with its label", async ({ page }) => {
    await openFixture(page, { doc: base });
    await caretAfter(page, "that few ships see;");
    await page.keyboard.press("Enter");
    await page.keyboard.type("new words;");
    expect(await textOf(page)).toContain("see;\nb bis) new words;\nc)");
    await caretAfter(page, "advise the keepers.");
    await page.keyboard.press("Enter");
    expect(await textOf(page)).toMatch(/keepers\.\n4\. $/);
  });

  test("Tab makes a new clause a bullet, Shift+Tab a clause again, Enter leaves the list", async ({ page }) => {
    await openFixture(page, { doc: base });
    await caretAfter(page, "both coasts are served by it;");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await textOf(page)).toContain("by it;\n   - \n2. that");
    await page.keyboard.press("Shift+Tab");
    expect(await textOf(page)).toContain("by it;\n1bis. \n2. that");
    await page.keyboard.press("Enter");
    expect(await textOf(page)).toContain("by it;\n\n2. that");
  });

  test("Tab in words stays in the text and says what it does; a bullet changes its depth where its words begin", async ({ page }) => {
    await openFixture(page, { doc: base });
    await caretAfter(page, "the safety");
    for (const key of ["Tab", "Shift+Tab"]) {
      await page.keyboard.press(key);
      await expect(page.locator(".cm-content")).toBeFocused();
      await expect(page.locator("#live")).toHaveText("Tab makes an empty clause a bullet; F6 leaves the text.");
    }
    expect(await textOf(page)).toBe(base);
    await caretAfter(page, "   - with the colour and the rhythm of each;\n   - ");
    await page.keyboard.press("Tab");
    expect(await textOf(page)).toContain("of each;\n      - with the name of its keeper;");
    await page.keyboard.press("Shift+Tab");
    expect(await textOf(page)).toBe(base);
  });

  test("seven clauses opened after one another all have labels", async ({ page }) => {
    await openFixture(page, { doc: base });
    await caretAfter(page, "that few ships see;");
    for (let i = 1; i <= 7; i++) {
      await page.keyboard.press("Enter");
      await page.keyboard.type(`n${i};`);
    }
    expect(await textOf(page)).toContain(
      "see;\nb bis) n1;\nb ter) n2;\nb quater) n3;\nb quinquies) n4;\nb sexies) n5;\nb septies) n6;\nb octies) n7;\nc)",
    );
  });

  test("undo with nothing to undo says so", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "the safety");
    await page.keyboard.press("Control+z");
    await expect(page.locator("#live")).toHaveText("There is nothing of yours to undo since this page was opened.");
    expect(await textOf(page)).toBe(proposed);
  });

  test("labels look as on paper, bullets stand in, and a change inside a clause is ± whatever it is", async ({ page }) => {
    await openFixture(page, { doc: base.replace("the safety of ships", "the safety of all ships") });
    const label = (words: string) => page.locator(".cm-line", { hasText: words }).locator(".lbl");
    await expect(label("neighbours share")).toHaveText("1");
    const slope = (words: string) => label(words).evaluate((e) => getComputedStyle(e).fontStyle);
    expect(await slope("neighbours share")).toBe("normal");
    expect(await slope("the safety")).toBe("italic");
    const left = (words: string) => label(words).evaluate((e) => e.getBoundingClientRect().left);
    expect(await left("with the colour")).toBeGreaterThan((await left("a common list")) + 30);
    await expect(page.locator(".bar.on")).toHaveAttribute("data-sign", "±");
    await expect(page.locator("#count")).toHaveText("1 change in 1 clause");
  });

  test("Shift+Enter opens a line without a label, Backspace takes a label off", async ({ page }) => {
    await openFixture(page, { doc: base });
    await caretAfter(page, "that few ships see;");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("plain");
    expect(await textOf(page)).toContain("see;\nplain\nc)");
    await caretAfter(page, "\nc) ");
    await page.keyboard.press("Backspace");
    expect(await textOf(page)).toContain("\nplain\nthat lamps");
  });

  test("marks stay out of sight and typed marks are characters", async ({ page }) => {
    await openFixture(page, { doc: base });
    await expect(page.locator(".cm-line.k-opener").first()).toHaveText("considering");
    await caretAfter(page, "the safety");
    await page.keyboard.type(" 2*3_4 <x>");
    expect(await textOf(page)).toContain("a) the safety 2\\*3\\_4 \\<x> of ships");
    await expect(page.locator(".cm-line", { hasText: "2*3_4 <x>" })).toHaveCount(1);
    await caretAfter(page, "2\\*");
    await page.keyboard.press("Backspace");
    expect(await textOf(page)).toContain("the safety 23\\_4");
  });

  test("words can be made italic, and a star never stays alone", async ({ page }) => {
    await openFixture(page, { doc: base });
    await select(page, "lenses");
    await page.keyboard.press("Control+i");
    expect(await textOf(page)).toContain("lamps and *lenses* are");
    await expect(page.locator(".cm-line em", { hasText: "lenses" })).toHaveCount(1);
    await caretAfter(page, "*lenses*");
    await page.keyboard.press("Backspace");
    expect(await textOf(page)).toContain("lamps and *lense* are");
    await select(page, "and *lense");
    await page.keyboard.press("Delete");
    expect(await textOf(page)).toContain("that lamps  are");
  });

  test("an opener grows at its end and stays an opener", async ({ page }) => {
    await openFixture(page, { doc: base });
    await caretAfter(page, "*considering");
    await page.keyboard.type(" further");
    expect(await textOf(page)).toContain("\n*considering further*\n");
    await page.keyboard.press("Enter");
    expect(await textOf(page)).toContain("\n*considering further*\n\na)");
  });

  test("paste from a word processor keeps words and labels, and says what was left out", async ({ page }) => {
    await openFixture(page, { doc: base });
    await caretAfter(page, "that few ships see;");
    await page.evaluate(() => {
      const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{mso-style-name:x}</style></head><body><p class=MsoNormal><i>b bis)</i><span style='mso-tab-count:1'>&nbsp;&nbsp;&nbsp; </span>the <b>role</b> of
 island ports;</p><p class=MsoNormal><del>OLDWORD</del><ins>and kept</ins> words;<o:p></o:p></p></body></html>`;
      const data = new DataTransfer();
      data.setData("text/html", html);
      data.setData("text/plain", "x");
      window.desk!.view.contentDOM.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    expect(await textOf(page)).toContain("ships see;\nb bis) the role of island ports;\nand kept words;\nc)");
    const notice = page.locator(".bar-note", { hasText: "Pasted 2 clauses; formatting and 1 struck passage were left out." });
    await expect(notice).toBeVisible();
    await notice.getByRole("button", { name: "Undo" }).click();
    expect(await textOf(page)).toBe(base);
  });

  test("renumber shows what it would do, then does it", async ({ page }) => {
    await openFixture(page, { doc: base.replace("b) the cost", "a bis) the cost") });
    await page.getByRole("button", { name: "Renumber…" }).click();
    await expect(page.getByRole("dialog")).toContainText("a bis)");
    await page.getByRole("button", { name: "Change 1 label" }).click();
    expect(await textOf(page)).toBe(base);
  });

  test("a clause without words and one that lost its label are checks, not while it is begun", async ({ page }) => {
    await openFixture(page, { doc: base.replace("\n*noting*", "\nc bis)\n*noting*").replace("b) the cost", "the cost") });
    await caretAfter(page, "the safety");
    await page.getByRole("button", { name: "Checks (2)" }).click();
    const list = page.getByRole("dialog", { name: "Checks" });
    await expect(list).toContainText("A clause without a label stands between labelled ones, after considering a)");
    await expect(list).toContainText("The clause considering c bis) has no words");
    await list.getByRole("button", { name: /has no words/ }).click();
    await expect(page.locator("#checks")).toHaveText("Checks (1)");
  });

  test("checks list a doubled label and an open bracket, and lead there", async ({ page }) => {
    await openFixture(page, { doc: base.replace("c) that lamps", "b) that [lamps") });
    await expect(page.locator(".cm-line.has-check")).toHaveCount(1);
    await page.getByRole("button", { name: "Checks (2)" }).click();
    await page.getByRole("button", { name: /brackets are not closed/ }).click();
    expect(await page.evaluate(() => window.desk!.view.state.doc.lineAt(window.desk!.view.state.selection.main.head).text)).toContain(
      "[lamps",
    );
  });
});

test.describe("getting about", () => {
  test("go to a clause by its name", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "# ");
    await page.keyboard.press("Control+g");
    await page.keyboard.type("res 9");
    await page.keyboard.press("Enter");
    await expect(page.getByText("No clause is called “res 9”.")).toBeVisible();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("res 2");
    await page.keyboard.press("Enter");
    await page.keyboard.type("X");
    expect(await textOf(page)).toContain("2. Xthat a common list");
  });

  test("find counts and walks", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "# ");
    await page.keyboard.press("Control+f");
    await page.keyboard.type("keeper");
    await page.keyboard.press("Enter");
    await expect(page.locator(".findbar")).toContainText("1 of 3");
    const start = (selector: string) => page.evaluate((s) => document.querySelector(s)!.getBoundingClientRect().left, selector);
    expect(Math.abs((await start(".findbar")) - (await start("#prov")))).toBeLessThan(2);
    await page.keyboard.press("Escape");
    await page.keyboard.press("F3");
    expect(
      await page.evaluate(() =>
        window.desk!.view.state.sliceDoc(window.desk!.view.state.selection.main.from, window.desk!.view.state.selection.main.to),
      ),
    ).toBe("keeper");
  });

  test("the frame never scrolls, whatever is brought into view", async ({ page }) => {
    await openFixture(page);
    const frame = () =>
      page.evaluate(() => {
        document.getElementById("live")!.scrollIntoView();
        window.scrollTo(0, 100);
        const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
        return [
          scrollHeight - clientHeight,
          scrollTop,
          document.body.scrollTop,
          document.querySelector("header")!.getBoundingClientRect().top,
        ];
      });
    expect(await frame()).toEqual([0, 0, 0, 0]);
    await page.locator("#keys").click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Alt+ArrowDown");
    expect(await frame()).toEqual([0, 0, 0, 0]);
  });

  test("a notice lies over the text and moves nothing", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "the safety");
    const top = () => page.locator(".cm-content").evaluate((e) => e.getBoundingClientRect().top);
    const before = await top();
    await page.keyboard.press("Tab");
    await expect(page.locator(".bar-note")).toBeVisible();
    expect(await top()).toBe(before);
  });

  test("F6 walks the regions and the list of keys opens outside the text", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "# ");
    const seen: string[] = [];
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press("F6");
      seen.push(await page.evaluate(() => document.activeElement?.closest("header, section, .cm-content, aside, footer")?.className ?? ""));
    }
    expect(new Set(seen).size).toBeGreaterThanOrEqual(4);
    await page.locator("#keys").focus();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  });

  test("no accessibility violations", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "rhythm");
    await expect(page.locator(".card")).toBeVisible();
    const result = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    expect(result.violations.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 160)} ${v.nodes[0]?.failureSummary?.slice(0, 200)}`)).toEqual(
      [],
    );
  });
});

test.describe("scripts of the world", () => {
  test("an input method beside struck words", async ({ page }) => {
    await openFixture(page);
    await caretAfter(page, "on lamps and ");
    const client = await page.context().newCDPSession(page);
    await client.send("Input.imeSetComposition", { text: "guo", selectionStart: 3, selectionEnd: 3 });
    await client.send("Input.imeSetComposition", { text: "国际", selectionStart: 2, selectionEnd: 2 });
    await client.send("Input.insertText", { text: "国际灯塔" });
    expect(await textOf(page)).toContain("lamps and 国际灯塔rhythm tables");
    await expect(page.locator("del", { hasText: "timing rules" }).first()).toBeVisible();
  });

  test("an Arabic text goes from right to left, labels and bars too", async ({ page }) => {
    const arabic = ["# القرار 3", "*إذ تضع في اعتبارها*", "أ) سلامة السفن التي تمر بأكثر من ساحل؛", "ب) كلفة صيانة المنارات؛"].join("\n");
    await openFixture(page, { doc: arabic, base: arabic, lang: "en" });
    await caretAfter(page, "سلامة السفن");
    await page.keyboard.type(" الكبيرة");
    const line = page.locator(".cm-line", { hasText: "الكبيرة" });
    expect(await line.evaluate((e) => getComputedStyle(e).direction)).toBe("rtl");
    await expect(line.locator("ins")).toHaveText(/الكبيرة/);
    const x = () =>
      page.evaluate(() => {
        const { view } = window.desk!;
        return view.coordsAtPos(view.state.selection.main.head)!.left;
      });
    const before = await x();
    await page.keyboard.press("ArrowLeft");
    expect(await x()).toBeLessThan(before);
    expect(await page.evaluate(() => getComputedStyle(document.getElementById("paper")!).direction)).toBe("rtl");
    const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
    expect((await box(".bar.on")).x).toBeGreaterThan((await box(".cm-content")).x + (await box(".cm-content")).width - 20);
    expect((await box("#prov b")).x).toBeGreaterThan((await box("#text")).x + (await box("#text")).width / 2);
  });

  test("a phone: no sideways scrolling, the card is a sheet below", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 760 });
    await openFixture(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.locator("del.tc-del", { hasText: "timing rules" }).click();
    const card = await page.locator(".card").boundingBox();
    const foot = await page.locator("#status").boundingBox();
    expect(Math.abs(card!.y + card!.height - foot!.y)).toBeLessThan(2);
    await expect(page.locator("#status")).toBeInViewport({ ratio: 1 });
    for (const name of ["History", /^About/]) await expect(page.getByRole("link", { name })).toBeInViewport({ ratio: 1 });
    const sign = await page
      .locator(".bar.on")
      .first()
      .evaluate((e) => ({ sign: getComputedStyle(e, "::before").content, shown: getComputedStyle(e, "::before").display !== "none" }));
    expect(sign.shown && /[+−±]/.test(sign.sign)).toBe(true);
    await expect(page.getByRole("button", { name: "Restore adopted words" })).toBeVisible();
  });
});
