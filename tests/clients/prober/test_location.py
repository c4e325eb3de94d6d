import pytest

from keepwell.clients.prober.location import parse_location
from keepwell.errors import UsageError


@pytest.mark.parametrize(
    ("url", "parts", "header"),
    [
        ("https://api.example.com/health", ("api.example.com", 443, "/health"), "api.example.com"),
        ("HTTPS://API.example.com.", ("api.example.com", 443, "/"), "api.example.com"),
        ("http://a.example:80/x?y=1&z", ("a.example", 80, "/x?y=1&z"), "a.example"),
        ("https://a.example:8443?q#f", ("a.example", 8443, "/?q"), "a.example:8443"),
        ("https://[::1]:8443/", ("::1", 8443, "/"), "[::1]:8443"),
        ("https://bücher.example/ä b", ("xn--bcher-kva.example", 443, "/%C3%A4%20b"), "xn--bcher-kva.example"),
        ("https://a.example/a%20b", ("a.example", 443, "/a%20b"), "a.example"),
    ],
)  # fmt: skip
def test_a_url_is_taken_apart(url: str, parts: tuple[str, int, str], header: str) -> None:
    location = parse_location(url)
    assert (location.host, location.port, location.target) == parts
    assert location.host_header == header
    assert location.is_tls is url.lower().startswith("https")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com/health",
        "ftp://api.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///health",
        "https://a.example:0/",
        "https://a.example:99999/",
        "https://a.example:http/",
        "https://a b/",
        "https://a\x00b/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://" + "a" * 300 + "/",
        "https://\udcff/",
    ],
)
def test_what_is_no_such_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="not a URL that can be probed"):
        parse_location(url)


@pytest.mark.parametrize("url", ["https://user:hunter2@a.example/", "https://hunter2@a.example/"])
def test_credentials_in_a_url_are_refused_without_being_shown(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_location(url)
    assert "hunter2" not in caught.value.message + caught.value.hint


def test_a_header_cannot_be_smuggled_in() -> None:
    assert parse_location("https://a.example/\r\nx-evil: 1").target == "/x-evil:%201"
