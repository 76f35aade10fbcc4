"""Opens pages in headless Chromium and says what is wrong with them: browser_checks.py [--broken] PAGE...

Ends with 0 where every page is sound; with --broken, where none is. Speaks the DevTools protocol over
--remote-debugging-pipe (JSON messages that end in NUL, on the file descriptors 3 and 4), for which Python's standard
library is enough.
"""
import base64
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 120  # for any one answer: the machine may be busy
WIDTHS = (400, 600, 1600)


class Browser:
    def __init__(self, profile):
        to_it, self.out = os.pipe()
        self.into, from_it = os.pipe()
        words = ["chromium", "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--disable-dev-shm-usage", "--remote-debugging-pipe", "--user-data-dir=" + profile, "about:blank"]
        if os.getuid() == 0:
            words.insert(1, "--no-sandbox")

        def in_child():  # whose ends must be 3 and 4, whatever they are here
            a, b = os.dup(to_it), os.dup(from_it)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(words, preexec_fn=in_child, close_fds=False, env=dict(os.environ, HOME=profile),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_it)
        os.close(from_it)
        self.unread, self.number, self.session, self.events = b"", 0, None, []

    def message(self, deadline):
        while b"\0" not in self.unread:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                raise TimeoutError("the browser says nothing")
            got = os.read(self.into, 1 << 16)
            if not got:
                raise RuntimeError("the browser has ended")
            self.unread += got
        one, _, self.unread = self.unread.partition(b"\0")
        return json.loads(one)

    def call(self, method, **parameters):
        self.number += 1
        question = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            question["sessionId"] = self.session
        os.write(self.out, json.dumps(question).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self.message(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, page):
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.resize(1600)
        self.load(page)
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")

    def load(self, page):
        self.events = []
        self.call("Page.navigate", url="file://" + os.path.abspath(page))
        deadline = time.monotonic() + PATIENCE_S
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message(deadline))

    def resize(self, width):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)

    def close(self):
        self.process.kill()
        self.process.wait()


def complaints(browser, page):
    """What the browser itself says was wrong, and what it was asked to fetch."""
    for event in browser.events:
        method, about = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield "exception: " + json.dumps(about["exceptionDetails"])[:300]
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            yield "console: " + json.dumps(about["args"])[:300]
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            yield "log: " + about["entry"]["text"][:300]
        elif method == "Page.javascriptDialogOpening":
            yield "dialog: " + about["message"]
        elif method == "Network.requestWillBeSent":
            url = about["request"]["url"]
            if url != "file://" + os.path.abspath(page) and not url.startswith("data:"):
                yield "request: " + url


def number_of(text):
    """What the page's text stands for; of '4.2 s', '3 min 05 s' and '2 h 10 min' the seconds. None where it has none."""
    units = {"s": 1, "min": 60, "h": 3600}
    times = re.findall(r"([\d.]+) (s|min|h)\b", text)
    if times:
        return sum(float(number) * units[unit] for number, unit in times)
    found = re.match(r"[+-]?\d+(\.\d+)?", text)
    return float(found.group()) if found else None


COLUMN = """(() => {{ const table = document.querySelectorAll('table.sortable')[{table}];
  return Array.from(table.tBodies[0].rows, row => row.cells[{column}].textContent.trim()); }})()"""
HEAD = "document.querySelectorAll('table.sortable')[{table}].tHead.rows[0].cells[{column}]"


def is_sorted(texts, falling):
    numbers = [number_of(text) for text in texts]
    known = [number for number in numbers if number is not None]
    if numbers[:len(known)] != known:
        return False  # what has no value comes last
    return known == sorted(known, reverse=falling)


def click(browser, button):
    browser.evaluate(f"{button}.scrollIntoView({{block: 'center', inline: 'center'}})")
    x, y = browser.evaluate(f"(() => {{ const box = {button}.getBoundingClientRect();"
                            " return [box.x + box.width / 2, box.y + box.height / 2]; })()")
    for kind in ("mousePressed", "mouseReleased"):
        browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def press(browser, button, key, code, text):
    browser.evaluate(f"{button}.focus()")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, text=text)
    browser.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)


def wrong_order(browser, table, column, title):
    """Sorts by one column of numbers: by click, and with the two keys that press a button."""
    head, cells = HEAD.format(table=table, column=column), COLUMN.format(table=table, column=column)
    button, before = head + ".querySelector('button')", sorted(browser.evaluate(cells))
    for way, falling in (("click", False), ("Enter", True), ("Space", False)):
        if way == "click":
            click(browser, button)
        elif way == "Enter":
            press(browser, button, "Enter", 13, "\r")
        else:
            press(browser, button, " ", 32, " ")
        texts = browser.evaluate(cells)
        said = browser.evaluate(f"{head}.getAttribute('aria-sort')")
        if said != ("descending" if falling else "ascending"):
            yield f"'{title}' of table {table} says aria-sort={said} after {way}"
        dates = any(text.endswith("UTC") for text in texts)  # whose text, from the year down, sorts as they do
        in_order = texts == sorted(texts, reverse=falling) if dates else is_sorted(texts, falling)
        if not in_order:
            yield f"'{title}' of table {table} is not in order after {way}: {texts[:12]}"
        if sorted(texts) != before:
            yield f"sorting '{title}' of table {table} has lost rows"


def wrong_sorting(browser):
    browser.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    heads = browser.evaluate("""Array.from(document.querySelectorAll('table.sortable'), table =>
        Array.from(table.tHead.rows[0].cells, head => [head.textContent, head.classList.contains('n')]))""")
    if browser.evaluate("document.querySelector('#trials table:not(.sortable)') !== null"):
        yield "the table of trials cannot be sorted"
    for table, titles in enumerate(heads):
        for column, (title, is_number) in enumerate(titles):
            head = HEAD.format(table=table, column=column)
            if not browser.evaluate(f"{head}.querySelector('button') !== null"):
                yield f"column '{title}' of table {table} has no button"
            elif is_number and browser.evaluate(f"{head}.checkVisibility()"):
                yield from wrong_order(browser, table, column, title)


def wrong_widths(browser):
    for state in ("as it opens", "with all tables unfolded"):
        if state != "as it opens":
            browser.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        for width in WIDTHS:
            browser.resize(width)
            needs, has = browser.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
            if needs > has or has != width:
                yield f"{state}: {needs} px wide in a window of {width} px ({has})"
    browser.resize(1600)


def wrong_tables(browser):
    """Columns that the longest name pushes out of sight, and words of ours that are broken or hidden."""
    for width, least in ((1600, 5), (400, 2)):
        browser.resize(width)
        seen = browser.evaluate("""(() => { const scroll = document.querySelector('#genres .scroll');
            if (!scroll || !scroll.checkVisibility()) return null;
            const edge = scroll.getBoundingClientRect().right + 1;
            return Array.from(scroll.querySelectorAll('th')).filter(head =>
                head.getBoundingClientRect().right <= edge).length; })()""")
        if seen is not None and seen < least:
            yield f"{width} px: {seen} columns of F1 by genre are seen at first"
    browser.resize(1600)
    if browser.evaluate("""Array.from(document.querySelectorAll('#repeat .scroll')).some(part =>
        part.scrollHeight > part.clientHeight + 1)"""):
        yield "the tables of #repeat scroll on their own"


BROKEN_HEADS = """Array.from(document.querySelectorAll('th:not(.name)')).filter(head => head.checkVisibility())
    .filter(head => { const text = document.createRange();
        text.selectNodeContents((head.querySelector('button') || head).firstChild);
        return new Set(Array.from(text.getClientRects(), box => box.top)).size > head.textContent.split(' ').length; })
    .map(head => head.textContent)"""


def wrong_print(browser):
    browser.call("Emulation.setEmulatedMedia", media="print")
    hidden = browser.evaluate("""Array.from(document.querySelectorAll('nav, details:not([open])'))
        .every(part => !part.checkVisibility())""")
    if not hidden:
        yield "print: folded tables and links are not left out"
    cut = browser.evaluate("""Array.from(document.querySelectorAll('.scroll')).filter(part =>
        part.checkVisibility() && part.scrollHeight > part.clientHeight + 1).length""")
    if cut:
        yield f"print: {cut} tables are cut off"
    browser.resize(720)  # A4 within its margins
    for title in browser.evaluate(BROKEN_HEADS):
        yield f"print: the title '{title}' is broken"
    for wide in browser.evaluate("""Array.from(document.querySelectorAll('#scores .scroll, #trials .scroll'))
        .filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.closest('section').id)"""):
        yield f"print: the table of {wide} is wider than the paper"
    browser.resize(1600)
    browser.call("Emulation.setEmulatedMedia", media="")
    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    if not pdf.startswith(b"%PDF") or not re.search(rb"/Type\s*/Page\b", pdf):
        yield "print: no PDF"


def wrong_schemes(browser):
    papers = []
    for scheme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        papers.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    if papers[0] == papers[1]:
        yield "light and dark are alike"


def wrong_markup(browser):
    scripts = browser.evaluate("document.scripts.length")
    if scripts != 1:
        yield f"{scripts} scripts"
    if browser.evaluate("document.querySelectorAll('svg[role=img]:not([aria-label])').length"):
        yield "pictures without a description"
    figures, tables = browser.evaluate("""[document.querySelectorAll('figure').length,
        Array.from(document.querySelectorAll('figure')).filter(figure => figure.querySelector('table')).length]""")
    if figures != tables:
        yield f"{figures} figures, {tables} of them with a table"


def wrong_without_scripts(browser, page):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.load(page)
    root = browser.call("DOM.getDocument")["root"]["nodeId"]

    def count(selector):
        return len(browser.call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"])

    if count("th button"):
        yield "without scripts: buttons that do nothing"
    if count("#trials table") and not count("#trials tbody tr"):
        yield "without scripts: no trials"
    browser.call("Emulation.setScriptExecutionDisabled", value=False)


def wrong_with(browser, page):
    browser.open(page)
    found = []
    for check in (wrong_markup, wrong_tables, wrong_print, wrong_widths, wrong_sorting, wrong_schemes):
        found += check(browser)
    return found + list(complaints(browser, page)) + list(wrong_without_scripts(browser, page))


def main(words):
    broken = "--broken" in words
    as_expected = True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            for page in (word for word in words if word != "--broken"):
                found = wrong_with(browser, page)
                as_expected = as_expected and bool(found) == broken
                print(f"{page}: {'; '.join(found) if found else 'sound'}", flush=True)
        finally:
            browser.close()
    return 0 if as_expected else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
