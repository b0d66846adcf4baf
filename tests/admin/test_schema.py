"""Machines that know only the description: what it promises is what the doors keep, whatever is sent to them."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from articles import collect
from station import access
from tests.admin.conftest import Pages

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 3
ROOMS = ("articles", "feeds", "contributions", "notices", "home", "lexicon", "playlists", "schedules", "clips", "terminals", "emergencies")


@pytest.mark.timeout(300)
def test_what_the_description_promises_the_doors_keep(pages: Pages) -> None:
    with pages.db.session() as session:
        token = access.make_token(session, pages.village.admin, "test", pages.now)
        collect.collect_paste(session, pages.village.operator, pages.village.village_a, kind="notice", title="停水", body="明天停水。", now=pages.now)
    headers = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_dict(pages.app.spec)
    schema.app = pages.app
    wrong: list[str] = []
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.removeprefix("/api/").split("/")[0] not in ROOMS:
            continue
        count += 1

        @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
        def keeps(case: schemathesis.Case) -> None:
            response = case.call(headers=headers)
            try:
                case.validate_response(response, checks=CHECKS)
            except BaseExceptionGroup as error:
                wrong.append(f"{case.operation.label}: {error.exceptions}"[:700])

        keeps()
    assert count > 50
    assert not wrong, "\n\n".join(wrong)
