"""The health checker that one writes in Python in an evening: GET /health of every port, once a second.

usage: aioloop.py FIRST_PORT COUNT
"""

import asyncio
import sys

import aiohttp

FIRST, COUNT = int(sys.argv[1]), int(sys.argv[2])


async def check(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/health") as answer:
            await answer.read()
            return answer.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return False


async def main() -> None:
    connections = aiohttp.TCPConnector(limit=10, limit_per_host=2)
    timeout = aiohttp.ClientTimeout(total=1)
    async with aiohttp.ClientSession(connector=connections, timeout=timeout) as session:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await asyncio.gather(*(check(session, FIRST + index) for index in range(COUNT)))
            due = max(due + 1, loop.time())
            await asyncio.sleep(due - loop.time())


asyncio.run(main())
