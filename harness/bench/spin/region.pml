/*
 * v1's zPCI I/O region and its write path, vfio_pci_zdev_io_rw of models/zpci-io/patches/v1-4-io-region.ts, for
 * whole requests: position 16, 32 bytes, from a buffer that is mapped.
 *
 * One transition for each step there. A read that decides is the guard of an `if`, so that reading and deciding are
 * one transition; what touches nothing that changes (the page walk, the store of loaded data) is a transition of its
 * own too, and a local one.
 *
 * Left out: addresses that are not mapped (none is used here), pins and fault-ins (evidence for other claims), and
 * what the region holds before the first request (each writer fills in all four words before it reads any).
 *
 * Whoever includes this defines ISSUE(insn), the device instruction, and a label `refused` for the returns of -EIO.
 */
#define READ 1
#define BLOCKW 2
#define PCILG 0
#define PCISTB 1
#define PAGE_SIZE 4096
#define MAXSTBL 4096

/* The four words of the shared request; the last one holds both len and pcias. */
byte flags;
int gaddr;
byte offset;
byte length;
byte pcias;

bit zdevLock;

#define ACQUIRE(lock) d_step { lock == 0; lock = 1 }
#define RELEASE(lock) lock = 0

/* What a call keeps on its stack: what it will execute, read piece by piece from the shared request. */
#define STACK int address; short page; short inPage; byte handle; byte asPcias; byte asLength; byte asOffset

inline vfio_pci_zdev_io_rw(wantFlags, wantGaddr, wantOffset, wantLength, wantPcias)
{
	/* The copy from user space, under no lock. */
	flags = wantFlags;
	gaddr = wantGaddr;
	offset = wantOffset;
	d_step { length = wantLength; pcias = wantPcias };

	/* The checks. */
	if
	:: flags & READ ->
		if
		:: length > 8 -> goto refused
		:: else
		fi
	:: else
	fi;
	if
	:: flags & BLOCKW ->
		if
		:: length > MAXSTBL -> goto refused
		:: else
		fi
	:: else
	fi;
	if
	:: gaddr % 8 != 0 -> goto refused
	:: else
	fi;
	inPage = gaddr % PAGE_SIZE;
	if
	:: inPage + length - 1 < 0 || inPage + length - 1 >= PAGE_SIZE -> goto refused
	:: else
	fi;

	/* The lock, and everything is read again. */
	ACQUIRE(zdevLock);
	address = gaddr;
	page = address / PAGE_SIZE;
	inPage = gaddr % PAGE_SIZE;
	handle = fh;
	asPcias = pcias;
	asLength = length;
	if
	:: flags & READ ->
		asOffset = offset;
		ISSUE(PCILG);
		skip
	:: else ->
		if
		:: flags & BLOCKW ->
			asOffset = offset;
			ISSUE(PCISTB)
		:: else ->
			RELEASE(zdevLock);
			goto refused
		fi
	fi;
	RELEASE(zdevLock)
}
