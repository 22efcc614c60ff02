-- allowed: what this key refuses, the key over everything of older versions refused too.
-- The only statement: CONCURRENTLY does not run inside a transaction, and does not keep anybody from writing.
-- The key comes first, so that a version from before this migration still finds a message by its key alone.
CREATE UNIQUE INDEX CONCURRENTLY "chat_messages_key_per_side_key" ON "ChatMessage"("messageKey", "clientId", "senderType");
