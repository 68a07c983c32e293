/*
 * v1, two writers of REQUESTS requests each on one fd; claim: request-belongs-to-caller.
 *
 *   spin -DREQUESTS=1 -a two-writers.pml && gcc -O2 -DSAFETY -o pan pan.c
 *   ./pan                                                         the first violation; ./pan -c0: all of them
 *   spin -DREQUESTS=1 -t -p -k two-writers.pml.trail two-writers.pml    its counterexample
 *
 *   spin -DREQUESTS=1 -DENDS -a two-writers.pml && gcc -O2 -DSAFETY -DPRINTF -o pan pan.c
 *   ./pan -c0 | grep ^end | sort -u                               all ends
 *
 * ENDS keeps what the device was told and what the calls returned in the state, as it must to tell ends apart.
 */
#ifndef REQUESTS
#define REQUESTS 1
#endif
#ifndef PCIAS_1
#define PCIAS_1 0
#endif

/* Writer 0 loads 8 bytes, writer 1 stores a block of 64. */
#define OF(me, first, second) (me == 0 -> first : second)
#define FLAGS(me) OF(me, READ, BLOCKW)
#define GADDR(me) OF(me, 65536, 69640)
#define OFFSET(me) OF(me, 0, 8)
#define LENGTH(me) OF(me, 8, 64)
#define PCIAS(me) OF(me, 0, PCIAS_1)

/*
 * `local` promises that reordering accesses cannot be noticed: nobody writes the handle here, and gets and puts of
 * the file commute, since nobody closes it. Our explorer is told the same (Access.adjust).
 */
local byte fh = 1;
local byte refs = 1;

#define IS_OWN(insn) (insn == OF(me, PCILG, PCISTB) && asPcias == PCIAS(me) && asOffset == OFFSET(me) && \
	asLength == LENGTH(me) && page == GADDR(me) / PAGE_SIZE && inPage == GADDR(me) % PAGE_SIZE)

#ifdef ENDS
#define CALLS (2 * REQUESTS)
typedef Instruction { bit actor; bit insn; byte pcias; byte offset; byte length };
Instruction device[CALLS];
byte issued;
bit failed[CALLS];

#define ISSUE(what) d_step { \
	assert(IS_OWN(what)); \
	device[issued].actor = me; \
	device[issued].insn = what; \
	device[issued].pcias = asPcias; \
	device[issued].offset = asOffset; \
	device[issued].length = asLength; \
	issued++ }
#define FAIL failed[me * REQUESTS + request] = 1;
#else
#define ISSUE(what) assert(IS_OWN(what))
#define FAIL
#endif

#include "region.pml"

proctype writer(bit me)
{
	byte request;
	STACK;

begin:
	if
	/* An operation begins; then fdget, which succeeds since nobody closes the file. */
	:: request < REQUESTS ->
		refs++;
		vfio_pci_zdev_io_rw(FLAGS(me), GADDR(me), OFFSET(me), LENGTH(me), PCIAS(me));
		atomic { refs--; request++ };
		goto begin;
refused:
		atomic { refs--; FAIL request++ };
		goto begin
	:: else
	fi
}

init
{
	atomic { run writer(0); run writer(1) };
#ifdef ENDS
	byte i;
	d_step {
		_nr_pr == 1;
		printf("end");
		for (i : 0 .. CALLS - 1) {
			/* Not as an argument: Spin drops variables from the state that only printf reads, and merges the ends. */
			if
			:: failed[i] -> printf(" -5")
			:: else -> printf(" 32")
			fi
		}
		for (i : 0 .. issued - 1) {
			printf(" %d %d %d %d %d", device[i].actor, device[i].insn, device[i].pcias, device[i].offset, device[i].length)
		}
		printf("\n")
	}
#endif
}
