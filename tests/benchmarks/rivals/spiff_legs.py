"""
SpiffWorkflow's legs with its state in SQLite.

For each line read (a number) it lives through so many legs of a case that waits for a contact again and again: read
the state, complete the waiting task, run on until it waits again, write the state. It prints the seconds. A new case
begins with each line.
"""

import sqlite3
import sys
import time

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="benchmark" targetNamespace="benchmark">
  <process id="waiting" isExecutable="true">
    <startEvent id="start"><outgoing>to_again</outgoing></startEvent>
    <sequenceFlow id="to_again" sourceRef="start" targetRef="again"/>
    <exclusiveGateway id="again">
      <incoming>to_again</incoming><incoming>back</incoming><outgoing>to_contact</outgoing>
    </exclusiveGateway>
    <sequenceFlow id="to_contact" sourceRef="again" targetRef="contact"/>
    <userTask id="contact"><incoming>to_contact</incoming><outgoing>to_over</outgoing></userTask>
    <sequenceFlow id="to_over" sourceRef="contact" targetRef="over"/>
    <exclusiveGateway id="over" default="to_end">
      <incoming>to_over</incoming><outgoing>back</outgoing><outgoing>to_end</outgoing>
    </exclusiveGateway>
    <sequenceFlow id="back" sourceRef="over" targetRef="again">
      <conditionExpression xsi:type="tFormalExpression">waits</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="to_end" sourceRef="over" targetRef="end"/>
    <endEvent id="end"><incoming>to_end</incoming></endEvent>
  </process>
</definitions>"""

parser = BpmnParser()
parser.add_bpmn_str(PROCESS.encode())
specification = parser.get_spec("waiting")
serializer = BpmnWorkflowSerializer()
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute("PRAGMA journal_mode = WAL")
store.execute("PRAGMA synchronous = FULL")
store.execute("CREATE TABLE workflow (id INTEGER PRIMARY KEY, state TEXT)")


def begin() -> int:
    """A case that waits for its first contact."""
    workflow = BpmnWorkflow(specification)
    workflow.do_engine_steps()
    written = store.execute("INSERT INTO workflow (state) VALUES (?)", (serializer.serialize_json(workflow),))
    return written.lastrowid or 0


def leg(case: int) -> None:
    """Wake, act, sleep."""
    (state,) = store.execute("SELECT state FROM workflow WHERE id = ?", (case,)).fetchone()
    workflow = serializer.deserialize_json(state)
    task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
    task.data.update(waits=True, outcome="reached")
    task.run()
    workflow.do_engine_steps()
    store.execute("UPDATE workflow SET state = ? WHERE id = ?", (serializer.serialize_json(workflow), case))


for line in sys.stdin:
    ours = begin()
    begun = time.perf_counter()
    for _ in range(int(line)):
        leg(ours)
    sys.stdout.write(f"{time.perf_counter() - begun}\n")
    sys.stdout.flush()
