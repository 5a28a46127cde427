"""Input: a file of URLs, one a line, and how many are in flight. Output: the status of each answer, one a line.

It is what one writes with aiohttp who needs it once: a session, and tasks that take URLs from one iterator.
"""

import asyncio
import sys

import aiohttp


async def main(path: str, in_flight: int) -> None:
    with open(path, encoding="utf-8") as file:
        urls = iter(file.read().splitlines())
    statuses = []

    async def work(session: aiohttp.ClientSession) -> None:
        for url in urls:
            async with session.get(url, allow_redirects=False) as answer:
                await answer.read()
                statuses.append(answer.status)

    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(work(session) for _ in range(in_flight)))
    print("\n".join(map(str, statuses)))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
