-- AlterTable
ALTER TABLE "Client" ADD COLUMN "activitySeq" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "ConversationEvent" (
    "clientId" INTEGER NOT NULL,
    "activitySeq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "actorKind" TEXT NOT NULL,
    "actorId" INTEGER,
    "actorName" TEXT,
    "from" JSONB,
    "to" JSONB,
    "reason" TEXT,

    CONSTRAINT "ConversationEvent_pkey" PRIMARY KEY ("clientId","activitySeq")
);

-- AddForeignKey
ALTER TABLE "ConversationEvent" ADD CONSTRAINT "ConversationEvent_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client"("id") ON DELETE CASCADE ON UPDATE CASCADE;
