"""How the bytes of an answer leave, which is apart from what they say.

    whole           as it should be
    hang            nothing is sent, for `seconds` or until the client gives up
    close, reset    nothing is sent, and the connection ends with a FIN or a RST
    half            half of the bytes, then a FIN
    reset_midway    half of the bytes, then a RST
    stall           half of the bytes, then nothing more
    slow            byte by byte, `pause` seconds (0.01) between any two
    garbled         a whole answer whose body is no JSON
    unread_hang     the body is not read, and nothing is sent
    unread          the answer leaves before the body was read
"""

import asyncio
import socket
import struct
from dataclasses import replace

from errors import ScriptError

KINDS = {
    "whole", "hang", "close", "reset", "half", "reset_midway", "stall", "slow", "garbled",
    "unread_hang", "unread",
}
UNREAD = {"unread_hang", "unread"}
SLOW_PAUSE = 0.01


def checked(delivery):
    kind = delivery.get("kind", "whole")
    if kind not in KINDS:
        raise ScriptError(f"delivery.kind: {kind!r} is none of {', '.join(sorted(KINDS))}")
    return {"kind": kind, **delivery}


def reset_at_close(sock):
    """Makes the end of a connection a RST instead of a FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def deliver(turn, reader, writer):
    """Sends the answer of a turn in the way its rule says; whether the connection stays open."""
    kind, content = turn.delivery["kind"], encoded(turn)

    async def send(content):
        writer.write(content)
        await writer.drain()

    if kind == "slow":
        for byte in content:
            await send(bytes([byte]))
            await asyncio.sleep(turn.delivery.get("pause", SLOW_PAUSE))
    elif kind in ("half", "reset_midway", "stall"):
        await send(content[: len(content) // 2])
    elif kind in ("whole", "garbled", "unread"):
        await send(content)
    turn.delivered()

    if kind in ("hang", "unread_hang", "stall"):
        await _hang(turn.delivery.get("seconds"), reader)
    if kind == "hang":
        await send(content)
    elif kind == "unread":
        # Closing with bytes unread would be a RST, which may overtake the answer.
        while await reader.read(64 << 10):
            pass
    elif kind in ("reset", "reset_midway"):
        reset_at_close(writer.get_extra_info("socket"))
        writer.transport.abort()
    return kind in ("whole", "slow", "garbled", "hang")


def encoded(turn):
    answer = turn.answer
    match turn.delivery["kind"]:
        case "garbled":
            answer = replace(answer, body=b'{"messages":[{"id":' + b"\xff\x00")
        case "unread":
            answer = replace(answer, fields={**answer.fields, "Connection": "close"})
    return answer.encoded()


async def _hang(seconds, reader):
    """Does nothing for so long; raises ConnectionResetError when the client goes before that."""
    try:
        await asyncio.wait_for(reader.gone.wait(), seconds)
    except asyncio.TimeoutError:
        return
    raise ConnectionResetError
