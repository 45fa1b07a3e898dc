"""A real FastAPI application: what a page's backend looks like, for the page tests.

It has GET, POST, PUT and DELETE, several methods on one path, WebSockets (which OpenAPI leaves out), a stream of
server-sent events, and CORS for pages on this machine. With --requests it writes down every request before anything else sees it, one JSON object on a
line, so that a test can tell what was asked of it and by which method.
"""

import argparse
import asyncio
import json
from pathlib import Path

import uvicorn
from fastapi import FastAPI, HTTPException, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

PAGES_ON_THIS_MACHINE = r"http://(localhost|127\.0\.0\.1)(:\d+)?"


class Item(BaseModel):
    name: str
    price: int


class Shop:
    """The items, and who wants to hear when they change."""

    def __init__(self) -> None:
        self.items = {1: Item(name="anchor", price=120), 2: Item(name="lantern", price=35)}
        self.listeners: set[asyncio.Queue[dict]] = set()

    def item(self, item_id: int) -> Item:
        if item_id not in self.items:
            raise HTTPException(404, f"there is no item {item_id}")
        return self.items[item_id]

    def tell(self, change: str, item_id: int) -> None:
        for queue in self.listeners:
            queue.put_nowait({"change": change, "item": item_id})


def create_app(title: str) -> FastAPI:
    app = FastAPI(title=title, version="1.0.0")
    app.add_middleware(
        CORSMiddleware, allow_origin_regex=PAGES_ON_THIS_MACHINE, allow_methods=["*"], allow_headers=["*"]
    )
    shop = Shop()

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/items")
    def list_items() -> dict[int, Item]:
        return shop.items

    @app.post("/items", status_code=201)
    async def create_item(item: Item) -> int:
        item_id = max(shop.items, default=0) + 1
        shop.items[item_id] = item
        shop.tell("created", item_id)
        return item_id

    @app.get("/items/{item_id}")
    def read_item(item_id: int) -> Item:
        return shop.item(item_id)

    @app.put("/items/{item_id}")
    async def replace_item(item_id: int, item: Item) -> Item:
        shop.item(item_id)
        shop.items[item_id] = item
        shop.tell("replaced", item_id)
        return item

    @app.delete("/items/{item_id}", status_code=204)
    async def delete_item(item_id: int) -> None:
        shop.item(item_id)
        del shop.items[item_id]
        shop.tell("deleted", item_id)

    @app.post("/orders", status_code=201)
    def order(item_ids: list[int]) -> int:
        return sum(shop.item(item_id).price for item_id in item_ids)

    @app.websocket("/ws/updates")
    async def updates(socket: WebSocket) -> None:
        await socket.accept()
        queue: asyncio.Queue[dict] = asyncio.Queue()
        shop.listeners.add(queue)
        try:
            await socket.send_json({"items": len(shop.items)})
            while True:
                await socket.send_json(await queue.get())
        finally:
            shop.listeners.discard(queue)

    @app.websocket("/ws/echo")
    async def echo(socket: WebSocket) -> None:
        """Says everything again, but `bye`, at which it says why it ends."""
        await socket.accept()
        async for text in socket.iter_text():
            if text == "bye":
                await socket.close(code=4001, reason="asked to")
                return
            await socket.send_text(text)

    @app.get("/ticks")
    async def ticks() -> StreamingResponse:
        """A number ten times a second, without end."""

        async def count():
            number = 0
            while True:
                yield f"event: tick\nid: {number}\ndata: {number}\n\n"
                number += 1
                await asyncio.sleep(0.1)

        return StreamingResponse(count(), media_type="text/event-stream")

    return app


class RequestLog:
    """Writes every request down, then hands it on."""

    def __init__(self, app, path: Path) -> None:
        self.app = app
        self.file = path.open("a", encoding="utf-8", buffering=1)

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            record = {
                "method": scope.get("method", "WEBSOCKET"),
                "path": scope["path"],
                "origin": headers.get("origin"),
                "userAgent": headers.get("user-agent"),
            }
            self.file.write(json.dumps(record) + "\n")
        await self.app(scope, receive, send)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes any free one")
    parser.add_argument("--title", default="Shop API")
    parser.add_argument("--requests", type=Path, help="file to which every request is appended")
    options = parser.parse_args()
    app = create_app(options.title)
    uvicorn.run(
        RequestLog(app, options.requests) if options.requests else app,
        host="127.0.0.1",
        port=options.port,
        access_log=False,
    )


if __name__ == "__main__":
    main()
