from markdown_it import MarkdownIt

from bench.report.readme.escaped import plain


def test_it_is_text_on_one_line_and_nothing_else() -> None:
    cell = plain("<b>x</b> | `y`\n[z](http://a)")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(f"| a |\n| --- |\n| {cell} |")
    assert html.count("<td>") == 1
    assert not [tag for tag in ("<b>", "<code>", "<a ") if tag in html]
    assert plain("  two\n words ") == "two words"
