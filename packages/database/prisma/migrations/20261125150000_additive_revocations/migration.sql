-- CreateEnum
CREATE TYPE "TokenRole" AS ENUM ('CLIENT', 'OPERATOR');

-- CreateTable
CREATE TABLE "Revocation" (
    "role" "TokenRole" NOT NULL,
    "subjectId" INTEGER NOT NULL,
    "address" TEXT NOT NULL DEFAULT '',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Revocation_pkey" PRIMARY KEY ("role","subjectId","address")
);
