package program

import "fmt"

// Semop adds delta to a set's only semaphore, for which it waits if that takes
// it below 0; a delta of 0 waits until the semaphore is 0. semop(2).
func Semop(set ID, delta int16) Op {
	op := structure(fmt.Sprintf("[{sem_num=0, sem_op=%d, sem_flg=0}]", delta), u16(0), u16(uint16(delta)), u16(0))
	return syscallOp(callSemop, set.operand(), op, number(1))
}

// Msgsnd sends a message of one byte. msgsnd(2).
func Msgsnd(queue ID) Op {
	message := structure(`{mtype=1, mtext="\1"}`, u64(1), u8(1))
	return syscallOp(callMsgsnd, queue.operand(), message, number(1), number(0))
}

// Msgrcv waits for a message of at most one byte, takes it, and has its length
// as the result. msgrcv(2).
func Msgrcv(queue ID) Op {
	return syscallOp(callMsgrcv, queue.operand(), buffer(8+1), number(1), number(0), number(0))
}

// MqSend sends a message of one byte. mq_send(3).
func MqSend(queue File) Op {
	return syscallOp(callMqSend, queue.file(), data("\x01"), number(1), number(0), null())
}

// MqReceive waits for a message of at most one byte, takes it, and has its
// length as the result. mq_receive(3).
func MqReceive(queue File) Op {
	return syscallOp(callMqReceive, queue.file(), buffer(1), number(1), null(), null())
}
