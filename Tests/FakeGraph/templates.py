"""GET /{waba_id}/message_templates: the list that a test gave, filtered and in pages."""

from errors import graph_error
from http1 import Answer

FILTERS = ("name", "status", "language", "category")
PAGE = 25


class Templates:
    def __init__(self):
        self.all = []

    async def list(self, turn, outcome):
        query = turn.request.query
        found = [
            template for template in self.all
            if all(template.get(name) == query[name] for name in FILTERS if name in query)]
        try:
            start, limit = int(query.get("after", 0)), int(query.get("limit", PAGE))
        except ValueError:
            return graph_error(100, details="after or limit is not valid.")
        page = found[start : start + limit]
        paging = {"cursors": {"before": str(start), "after": str(start + len(page))}}
        if start + len(page) < len(found):
            paging["next"] = f"{turn.graph.base_url()}{turn.request.path}?after={start + limit}"
        return Answer.of({"data": page, "paging": paging if page else {}})
