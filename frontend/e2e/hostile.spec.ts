/**
 * No person's words can become markup: hostile words in every field, shown on every page under the strict policy. No
 * script runs, the policy is never broken, no element comes of them.
 */
import { expect, type Page, test } from "@playwright/test";
import { Assembly, opened, propose, saved } from "./assembly";
import { looks, walk } from "./walk";

let assembly: Assembly;
test.afterAll(async () => assembly?.stop());

/** What people might write, each with a mark to find it by. All of it are words, and none may be anything else. */
const script = `<script>window.hurt=1</script>`;
const image = `<img src=x onerror="window.hurt=2" class=hurt>`;
const breaking = `"'><svg onload=window.hurt=3 class=hurt></svg>{{.Frame}}\${7*7}`;
const link = `javascript:window.hurt=4`;
const json = `</script><b class=hurt>`;
/** Names are refused with angle brackets; what else breaks out of an attribute or a template may stand in them. */
const name = `" onmouseover="window.hurt=5" '{{.}}' &lt;b class=hurt&gt;`;

const text = `RESOLUTION 66 (Quito, 2026)
Lights ${script} of harbours
The Harbour Assembly (Quito, 2026),
considering
a)\tthat ${image} fog delays ships;
b)\tthat [links](${link}) and <a href="${link}" class=hurt>links</a> are words;
resolves
1\tthat ${breaking} be kept;
2\tthat ${json} be kept,
instructs the Director ${image}
to report.
`;

/** Everything that a page must not do. */
function watch(page: Page, problems: string[]): void {
  page.on("pageerror", (e) => problems.push(`${page.url()}: ${e.message}`));
  page.on("dialog", (d) => {
    problems.push(`${page.url()}: dialog`);
    void d.dismiss();
  });
  page.on("console", (m) => {
    if (m.type() === "error" && !/status of (401|403|404|409|422)/.test(m.text())) problems.push(`${page.url()}: ${m.text()}`);
  });
  page.on("request", (r) => {
    if (r.isNavigationRequest()) return;
    if (/\/x$/.test(new URL(r.url()).pathname) || /hurt/.test(decodeURIComponent(new URL(r.url()).pathname)))
      problems.push(`asked for ${r.url()}`);
  });
}

async function unhurt(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: (window as unknown as { hurt?: number }).hurt ?? 0,
    made: [
      ...document.querySelectorAll(
        ".hurt, main script:not([type='application/json']), [onerror], [onload], [onmouseover], a[href^='javascript:' i]",
      ),
    ].map((e) => e.outerHTML.slice(0, 200)),
  }));
  expect(found, where).toEqual({ ran: 0, made: [] });
}

test("hostile words in every field stay words on every page", async ({ browser }) => {
  test.setTimeout(600_000);
  assembly = await Assembly.found(
    19703,
    "HA",
    { USA: `United ${name} States`, EUR: `Europe ${name}` },
    {
      lindqvist: [`Mr Lindqvist ${name}`, "secretariat"],
      silva: [`Ms Silva ${name}`, "chair"],
      moreau: [`Ms Moreau ${name}`, "eur"],
      carter: [`Ms Carter ${name}`, "usa"],
      berg: [`Ms Berg ${name}`, "observer"],
    },
  );
  const problems: string[] = [];
  const signIn = async (login: string) => {
    const page = await assembly.signIn(browser, login);
    watch(page, problems);
    return page;
  };

  const lindqvist = await signIn("lindqvist");
  await lindqvist.goto("/import");
  await lindqvist.locator("textarea").first().fill(text);
  await lindqvist
    .getByRole("button", { name: /^(Check|Read)/ })
    .first()
    .click();
  await unhurt(lindqvist, "import, checked");
  await lindqvist
    .locator("main")
    .getByRole("button", { name: /Import/ })
    .first()
    .click();
  await expect(lindqvist).toHaveURL(/\/resolutions\//);
  const eleven = new URL(lindqvist.url()).pathname;
  const slug = eleven.split("/")[2]!;
  await lindqvist.goto("/meeting");
  for (const label of ["Assembly, in full", "Meeting"])
    await lindqvist.getByLabel(label, { exact: true }).fill(`Assembly ${image} ${breaking}`);
  await lindqvist.locator("main form button").first().click();
  await unhurt(lindqvist, "meeting");
  await lindqvist.goto("/people");
  await unhurt(lindqvist, "people");

  // Two delegations write hostile words, name their drafts so, comment, submit, object and withdraw with a reason.
  for (const login of ["moreau", "carter"]) {
    const page = await signIn(login);
    const address = await propose(page, slug);
    await page.locator("#text .cm-line", { hasText: "fog delays" }).first().click();
    await page.keyboard.press("End");
    await page.keyboard.insertText(` ${image} by ${login} ${json}`);
    await page.locator("#text .cm-line", { hasText: "be kept;" }).first().click();
    await page.keyboard.press("End");
    await page.keyboard.insertText(` or ${login === "moreau" ? breaking : script}`);
    await saved(page);
    await expect(page.locator("#comments")).toHaveAttribute("role", "button");
    await page.keyboard.press("Control+Alt+m");
    await page.locator("#margin .writing textarea").fill(`@USA ${image} ${script}\n${breaking}`);
    await page.locator("#margin .writing").getByRole("button", { name: "Comment" }).click();
    await expect(page.locator("#margin .card.talk .said")).toBeVisible();
    await page.locator("#comments").click();
    await unhurt(page, "the editor's comments");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(async () => {
      await page.locator("#text .cm-content").focus(); // a dialog that has closed gives its focus back a moment later
      await page.keyboard.press("Control+s");
      await expect(page.getByRole("dialog")).toBeVisible({ timeout: 1000 });
    }).toPass();
    await page.keyboard.type(`save ${script}`);
    await page.keyboard.press("Enter");
    await expect(page.locator(".bar-note", { hasText: "Save point" })).toBeVisible();
    await unhurt(page, "the editor");
    await page.goto(address.replace(/\/edit$/, ""));
    await page.fill("#working-name", `Fog ${image}`);
    await page.getByRole("button", { name: "Name it" }).click();
    await unhurt(page, "the proposal");
    await page.locator("header.top").getByRole("button", { name: "Submit proposal" }).click();
    await expect(page.getByText("Submission 1")).toBeVisible();
    await page.goto(`${eleven}/comments?text=${new URL(address).pathname.split("/").slice(3, 6).join("/")}`);
    await page.fill("#quote", image);
    await page.fill("#words", `On ${breaking}\n${json} ${link}`);
    await page.getByLabel("all", { exact: true }).check();
    await page.getByRole("button", { name: "Comment", exact: true }).click();
    await unhurt(page, "comments");
  }

  const carter = await signIn("carter");
  await carter.goto(`${eleven}/compilation`);
  await carter
    .locator("summary, button")
    .filter({ hasText: /^Object/ })
    .first()
    .click();
  await carter.locator("[name=reason]:visible").first().fill(`Because ${image}`);
  await carter
    .locator("button:visible")
    .filter({ hasText: /^Object/ })
    .last()
    .click();
  await expect(carter.getByText(`Because ${image}`).first()).toBeAttached();
  await unhurt(carter, "the compilation");

  // A page of somebody else's who has the same text open hears of hostile carets and comments.
  const moreau = await signIn("moreau");
  const eur = `${eleven}/proposals/eur/draft-1`;
  await moreau.goto(`${eur}/edit`);
  await opened(moreau);
  const again = await moreau.context().newPage();
  watch(again, problems);
  await again.goto(`${eur}/edit`);
  await opened(again);
  await again.locator("#text .cm-line").nth(4).click();
  await again.keyboard.type("x");
  await expect(moreau.locator(".peer .flag")).toContainText("onmouseover");
  await unhurt(moreau, "others' carets");

  const silva = await signIn("silva");
  await silva.goto(eleven);
  await silva.click("button:has-text('Start merging')");
  await expect(silva.locator("main h1, main h2").first()).toBeVisible();
  const merge = new URL(silva.url()).pathname;
  await unhurt(silva, "the merge");

  const strange = encodeURIComponent(`${script}${breaking}`);
  const asked = looks({ eleven, proposal: eur, merge })
    .filter((l) => !/wtda-|nairobi|novak|tanaka/.test(l.path + l.login))
    .map((l) => ({ ...l, path: l.path.replaceAll("eur/18a3-1", "eur/draft-1") }));
  const hostile = [
    "/search?q=",
    "/?show=",
    `${eleven}/read?version=`,
    `${eleven}/compare?a=main&b=`,
    `${eleven}/comments?quote=`,
    "/signin?next=",
    "/audit?words=",
    "/",
    `${eleven}/`,
  ].map((path) => ({ route: "hostile address", login: "lindqvist", path: path + strange }));
  let shown = 0;
  await walk(
    assembly,
    browser,
    [...asked, ...hostile],
    async (page, look) => {
      await unhurt(page, `${look.path} as ${look.login}`);
      if (((await page.locator("body").textContent()) ?? "").includes("window.hurt")) shown++;
    },
    (page) => watch(page, problems),
  );

  expect(shown).toBeGreaterThan(20); // the words are there to be read, as words
  expect(problems).toEqual([]);
});
