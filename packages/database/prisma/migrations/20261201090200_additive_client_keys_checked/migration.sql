ALTER TABLE "Client" VALIDATE CONSTRAINT "Client_inboxId_fkey";
ALTER TABLE "Client" VALIDATE CONSTRAINT "Client_assigneeId_fkey";
ALTER TABLE "Client" VALIDATE CONSTRAINT "Client_teamId_fkey";
