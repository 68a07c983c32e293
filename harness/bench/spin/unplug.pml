/*
 * Hot unplug with a guest that answers; claim: everybody comes to an end (Spin: no invalid end states).
 *
 *   spin -DHP -a unplug.pml && gcc -O2 -DSAFETY -o pan pan.c && ./pan
 *
 * With HP this is v1+hp, whose disable_slot takes zdev->lock, and deadlocks; without, v1, which does not.
 *
 * `power_off` of one admin, the handler that it sets going in QEMU's main loop, and the guest's teardown that this
 * sets going: disable_slot (hotplug.ts, patches/hp.ts), vfio_req_notifier_handler and zpci_deconfigure_device
 * (vmm.ts), with the two instructions of the teardown carried through the region (patches/v1-qemu.ts).
 *
 * Left out: SIGKILL, so that every wait is one that only its event ends; a guest that does not answer; the count of
 * the eventfd, which nobody reads since QEMU's handler is started by the signal itself.
 */
mtype = { configured, online, requested, standby };

mtype zdevState = configured;
mtype pbdevState = online;
byte fh = 1;

bit pciRescanRemoveLock;
bit deviceMutex;
bit igate;
bit bigQemuLock;

/* The open file; `held` is the descriptor table's reference. Of the device: one is the registration's own. */
byte refs = 1;
bit held = 1;
byte released = 2;
bit driverUnbound;

/* First the command response is loaded, then a command is stored: both in BAR 2, at pages 1 and 2 of QEMU's own. */
#define OF(instruction, first, second) (instruction == 0 -> first : second)
#define FLAGS(instruction) OF(instruction, READ, BLOCKW)
#define GADDR(instruction) OF(instruction, 4096, 8192)
#define LENGTH(instruction) OF(instruction, 8, 16)

/* That the device is told what the guest asked for is not the claim here, but must hold of a single writer. */
#define ISSUE(what) assert(what == OF(instruction, PCILG, PCISTB) && asPcias == 2 && asOffset == 0 && \
	asLength == LENGTH(instruction) && page == GADDR(instruction) / PAGE_SIZE && inPage == 0 && handle == 1)

#include "region.pml"

active proctype admin()
{
	skip;
#ifdef HP
	ACQUIRE(zdevLock);
#endif
	if
	:: zdevState == configured ->
		ACQUIRE(pciRescanRemoveLock);
		ACQUIRE(deviceMutex);
		/* vfio_del_group_dev */
		if
		:: driverUnbound
		:: d_step { !driverUnbound && released == 1; driverUnbound = 1; released-- };
			released == 0
		:: d_step { !driverUnbound && released > 1; driverUnbound = 1; released-- };
			ACQUIRE(igate);
			run qemu();
			RELEASE(igate);
			released == 0
		fi;
		RELEASE(deviceMutex);
		RELEASE(pciRescanRemoveLock);
		fh = 0;
		zdevState = standby
	:: else
	fi
#ifdef HP
	;
	RELEASE(zdevLock)
#endif
}

/* vfio_req_notifier_handler */
proctype qemu()
{
	skip;
	ACQUIRE(bigQemuLock);
	if
	:: atomic { pbdevState == online -> pbdevState = requested; run guest() }
	:: else
	fi;
	RELEASE(bigQemuLock)
}

/* zpci_deconfigure_device */
proctype guest()
{
	byte instruction;
	STACK;

	skip;
	/* Deciding whether there is one more instruction is a transition here, and no step there. */
	do
	:: instruction < 2 ->
		ACQUIRE(bigQemuLock);
		if
		:: pbdevState == standby -> goto answered
		:: else
		fi;
		/* ksys_pwrite64 */
		if
		:: atomic { held -> refs++ }
		:: else -> goto answered
		fi;
		vfio_pci_zdev_io_rw(FLAGS(instruction), GADDR(instruction), 0, LENGTH(instruction), 2);
refused:
		/* Never the last reference: only this thread drops the table's. */
		refs--;
answered:
		atomic { RELEASE(bigQemuLock); instruction++ }
	:: else ->
		ACQUIRE(bigQemuLock);
		pbdevState = standby;
		/* filp_close */
		if
		:: !held
		:: d_step { held && refs > 1; held = 0; refs-- }
		:: d_step { held && refs == 1; held = 0; refs-- };
			/* vfio_pci_disable only tries the lock; the reset that it is for came after v1. */
			if
			:: deviceMutex
			:: ACQUIRE(deviceMutex);
				RELEASE(deviceMutex)
			fi;
			released--
		fi;
		RELEASE(bigQemuLock);
		break
	od
}
