-- A key told to one party must not be taken away from the other: it counts per conversation and sending side only.
DROP INDEX CONCURRENTLY "ChatMessage_messageKey_key";
