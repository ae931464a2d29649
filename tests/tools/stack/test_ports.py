import os
import socket

import pytest

from tools.errors import UNUSABLE, ToolError
from tools.stack import ports


def test_a_busy_port_is_named_with_its_holder_and_the_variable_that_moves_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as free:
        busy, other = server.getsockname()[1], free.getsockname()[1]
        free.close()
        with pytest.raises(ToolError) as raised:
            ports.check({"PENSTOCK_S3_PORT": busy, "PENSTOCK_AWS_PORT": other})
    first, *rest = str(raised.value).splitlines()
    assert first.startswith(f"Port {busy} is in use by process {os.getpid()} (")
    assert first.endswith("). Free it, or set PENSTOCK_S3_PORT to a free port.")
    assert rest == ["Nothing was started."]
    assert raised.value.status == UNUSABLE
