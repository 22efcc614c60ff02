-- CreateTable
CREATE TABLE "Installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" UUID NOT NULL,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);

-- The only row: which history of the data this is. Restoring a backup writes another epoch.
INSERT INTO "Installation" ("epoch") VALUES (gen_random_uuid());
