"""One call of Converse or ConverseStream by boto3, as JSON lines; it is given up when this is killed."""

import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

asked = json.loads(sys.argv[1])
client = boto3.client(
    "bedrock-runtime",
    endpoint_url=asked["endpoint"],
    region_name=asked["region"],
    aws_access_key_id=os.environ["CALLER_KEY_ID"],
    aws_secret_access_key=os.environ["CALLER_SECRET"],
    config=Config(retries={"total_max_attempts": 1}),
)
arguments = {
    "modelId": asked["model"],
    "messages": [{"role": "user", "content": [{"text": asked["prompt"]}]}],
    "toolConfig": {"tools": [{"toolSpec": asked["tool"]}]},
}


def say(**what):
    print(json.dumps(what), flush=True)


try:
    if asked["stream"]:
        text, tools, stop = "", [], None
        for event in client.converse_stream(**arguments)["stream"]:
            delta = event.get("contentBlockDelta", {}).get("delta", {})
            text += delta.get("text", "")
            start = event.get("contentBlockStart", {}).get("start", {})
            if "toolUse" in start:
                tools.append(start["toolUse"]["name"])
            stop = event.get("messageStop", {}).get("stopReason", stop)
            say(more=True)
        say(text=text, tools=tools, stop=stop)
    else:
        answer = client.converse(**arguments)
        content = answer["output"]["message"]["content"]
        say(
            text="".join(block.get("text", "") for block in content),
            tools=[block["toolUse"]["name"] for block in content if "toolUse" in block],
            stop=answer["stopReason"],
        )
except (BotoCoreError, ClientError) as error:
    say(error=type(error).__name__, message=str(error))
