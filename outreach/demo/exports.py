"""One list that somebody wants as a file, for the reviewer to decide on."""

from outreach.actions.exports import ask_export, digest_of, ids_for
from outreach.demo.organisation import Organisation
from outreach.models import ExportPurpose, Lead


def make_exports(org: Organisation) -> None:
    """The supervisor asks for a village of theirs, numbers in clear."""
    supervisor = org.logins["supervisor"]
    leads = Lead.objects.visible_to(supervisor).workable().exclude(village=None)
    lead = leads.select_related("village").order_by("pk").first()
    if lead is None or lead.village is None:
        return
    question = f"village={lead.village.code}"
    ask_export(
        question=question,
        shown=digest_of(question, ids_for(supervisor, question)),
        columns=["phone", "village", "amount", "stage", "holder"],
        clear=["name", "phone"],
        purpose=ExportPurpose.VISIT,
        words=f"{lead.village.short_name}整村走访，三人一组，周五前交回销毁",
        by=supervisor,
    )
