"""客户轨迹 from the command line: the events of the page, for whoever runs the server."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketing_map.audit_words import action_in_words
from marketing_map.trace_page import moment_of
from outreach.record.trace import Trace, trace_of
from trust import audit
from whitelist.models import Customer


class Command(BaseCommand):
    help = (
        "Print who saw a customer, and under which list: lists, assignments, views, reveals, "
        "contacts, results. Names are masked; no phone and no free text. The reading is audited."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer_no", metavar="客户号")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, customer_no: str, **options: Any) -> None:
        everybody = Customer.objects.unscoped("who runs commands on the server answers for it")
        customer = everybody.filter(customer_no=customer_no).first()
        if customer is None:
            raise CommandError("没有找到这个客户号。")
        trace = trace_of(customer, in_words=action_in_words)
        target = f"customer:{customer.pk}"
        audit.record("customer.trace", by=None, target=target, events=len(trace.events))
        self.stdout.write(_as_json(trace) if options["json"] else _as_text(trace))


def _as_text(trace: Trace) -> str:
    lines = [f"{trace.customer.customer_no} {trace.name}"]
    for event in trace.events:
        parts = [moment_of(event), str(event.kind.label), event.what, event.who, *event.said]
        lines.append("  ".join(part for part in parts if part))
    return "\n".join(lines)


def _as_json(trace: Trace) -> str:
    return json.dumps(
        {
            "customer_no": trace.customer.customer_no,
            "name": trace.name,
            "erased_at": trace.customer.erased_at and trace.customer.erased_at.isoformat(),
            "offers": [
                {
                    "programme": offer.programme.code,
                    "product": offer.product.code,
                    "branch": offer.branch.code,
                    "amount": offer.amount,
                    "valid_from": offer.valid_from.isoformat(),
                    "valid_to": offer.valid_to.isoformat(),
                    "is_in_force": offer.is_in_force,
                }
                for offer in trace.offers
            ],
            "events": [
                {**asdict(event), "at": event.at.isoformat(), "kind": event.kind.value}
                for event in trace.events
            ],
        },
        ensure_ascii=False,
        indent=1,
    )
