"""One report with something of everything, shared by the tests of the formatters."""

from keepwell.model.verdict import Excerpt, Finding, Place, Report, Status, Table, Verdict

REPORT = Report(
    command="verify",
    conclusion="1 of 2 is not well",
    verdicts=(
        Verdict(
            subject="api",
            note="edge",
            findings=(
                Finding(rule="status", status=Status.PASS, message="200"),
                Finding(
                    rule="tls_legs",
                    status=Status.WARN,
                    message="the leg to Redis is plaintext",
                    why="it stays in the private network",
                    hint="keep it there",
                    see="https://render.com/docs/key-value",
                    place=Place(file="stack.yaml", line=32, column=5),
                ),
            ),
        ),
        Verdict(
            subject="web",
            findings=(Finding(rule="status", status=Status.FAIL, message="503, wanted 200"),),
        ),
    ),
    tables=(Table(title="targets", columns=("target", "ms"), rows=(("api", "12"), ("web", "9"))),),
    excerpts=(Excerpt(title="timeline", text="12:00 up\n12:01 down\n"),),
    outputs={"down": "web"},
)
